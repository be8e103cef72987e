"""What each setting does, in Chinese: ``gateway settings`` and ``docs/reference/settings.md`` show it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from scan_to_login.terminal.language import choose_language

DESCRIPTIONS: Final[Mapping[str, str]] = {
    "host": "监听地址。",
    "port": "监听端口；0 表示自动选择空闲端口。",
    "workers": "共用该端口的工作进程数。",
    "public_url": "客户端和手机访问网关的地址；默认为监听地址。",
    "allowed_origins": "另外允许连接的网页来源（origin），以逗号分隔；不得为 `*`。",
    "trusted_proxies": "前置代理的层数，这些代理可用 `X-Forwarded-*` 说明调用者的地址。",
    "tls_certificate": "证书的 PEM 文件；设置后网关使用 HTTPS。",
    "tls_key": "证书私钥的 PEM 文件。",
    "connections_per_address": "同一客户端地址（IPv6 按 /64 网段）在一个工作进程上可持有的连接数，"
    "且不超过该进程连接总数的一半。"
    "0 表示不限；位于受信任代理之后时始终不限。",
    "body_bytes": "请求体或 Socket.IO 数据包的最大字节数。",
    "connect_deadline_seconds": "连接后未在该秒数内加入命名空间的套接字将被关闭。",
    "ping_interval_seconds": "Socket.IO 心跳间隔（秒）。",
    "ping_timeout_seconds": "心跳后超过该秒数无应答的套接字将被关闭。",
    "drain_seconds": "工作进程收到退出信号（SIGTERM）后，将连接转移到其他进程并完成在途请求的最长秒数。",
    "lame_duck_seconds": "从收到 SIGTERM 到关闭监听的秒数，期间 `/readyz` 应答 503，其余照常服务；"
    "应长于代理察觉所需的时间。"
    "0 表示立即关闭，与 Ctrl+C 相同。",
    "log_level": "记录的最低日志级别。",
    "log_format": "日志格式；`auto` 在终端上为文本。",
    "traces": "是否通过 OpenTelemetry 发送跨度（OTLP over HTTP，需安装可选依赖 `otel`）。`auto`："
    "已设置 `OTEL_EXPORTER_OTLP_ENDPOINT` 且已安装该依赖时发送。",
    "data_dir": "数据库、私有 Redis 和服务器密钥所在的目录。",
    "redis_url": "使用的 Redis（也读取 `REDIS_URL`）；为空时启动私有实例。单台：`redis://`、`rediss://`（TLS）、`unix://`；"
    "Redis Cluster：`redis+cluster://host:port[,host:port…]`；"
    "Sentinel：`redis+sentinel://[:password@]host:port[,host:port…]/service[/db]`。",
    "redis_prefix": "所有键和频道的前缀；其中的 hash tag 使全部键位于集群的同一个槽。",
    "redis_connections": "每个工作进程到 Redis 的最大连接数。",
    "redis_timeout_seconds": "等待 Redis 单次应答的最长秒数，超时后调用者收到 503。",
    "redis_replicas_acknowledge": "更改须经多少个副本确认后才应答（`WAIT`），使故障切换不丢失已确认的更改。"
    "仅用于 Cluster 和 Sentinel，此时设为 1 即可。`all`：所有未判定为下线的副本，用于副本优先级不同的情况。",
    "database_url": "SQLAlchemy 地址，为空时使用数据目录中的 SQLite，例如 `postgresql+psycopg://user:password@host/database`。",
    "server_key": "派生动态口令密钥和令牌的密钥；默认自动生成一次，保存在数据目录。"
    "共用同一 Redis 的机器须使用同一密钥。",
    "server_key_previous": "先前的密钥，由新到旧，以逗号分隔；以 `@` 开头表示密钥文件的路径。"
    "由其生成的内容继续有效：已登记手机的动态口令、注册码、重复的换取请求。",
    "audit_days": "审计记录的保留天数。",
    "ended_days": "已失效的设备、授权和注册码的保留天数。",
    "prune_seconds": "清理过期数据的间隔（秒），由一个工作进程执行。",
    "tickets_pending_seconds": "未扫码的票据的有效期（秒）。",
    "tickets_scanned_seconds": "从扫码到确认的时限（秒）。",
    "tickets_confirmed_seconds": "从确认到换取会话的时限（秒）。",
    "tickets_total_seconds": "票据自申请起的最长有效期（秒）。",
    "tickets_tombstone_seconds": "失效票据的保留时间（秒），期间应答 410 而不是 404。",
    "tickets_claim_repeat_seconds": "以相同的 `Idempotency-Key` 重复换取会话的时限（秒）。",
    "tickets_confirm_tries": "同一票据上动态口令或数字错误多少次后拒绝该票据。",
    "tickets_claim_code_tries": "`number_matching` 为 `return` 时，输错多少次手机上的验证数字后拒绝该票据。",
    "tickets_per_socket": "每个 Socket.IO 连接可持有的有效票据数。",
    "tickets_per_address": "每个地址每分钟可留下的未换取票据数；0 表示不限。",
    "ticket_guesses_per_address": "每个地址每分钟可尝试的未知票据或密钥数；0 表示不限。",
    "qr_login_off": "哪些人不能扫码登录：`all`（所有人）、`client:名称`（或已注册客户端的 ID）、`account:登录名`，"
    "以逗号分隔。开启模拟时为初始值。",
    "number_matching": "核对电脑与手机的方式：`off` 不核对；`show` 双方显示两位数字；`require` 在手机上输入该数字；"
    "`choose` 在手机上从三个数字中选择，只能选一次；`return` 手机确认后显示六位数字，"
    "须在电脑上输入（限时为 `tickets_scanned_seconds`）。",
    "targeted_tickets": "客户端能否不经扫码、按账号名向该账号的手机发起登录请求。为空：模拟模式下能，否则不能，"
    "因为任何知道登录名的人都能让对方的手机弹出请求。",
    "remembered_seconds": "记住的电脑自上次登录起，多少秒内可以不扫码向本人的手机发起登录请求；0 表示不记住。",
    "rotating_qr": "二维码是否不断变化，使拍下的照片很快失效；由客户端自行绘制。",
    "rotating_qr_seconds": "变化的二维码每帧显示的秒数。",
    "rotating_qr_frames": "变化的二维码可被扫描的帧数：当前帧及之前的若干帧。",
    "poll_wait_seconds": "单次长轮询的最长等待秒数。",
    "poll_interval_seconds": "同一票据不带等待的轮询间隔小于该秒数时应答 `slow_down`。",
    "poll_waits_per_ticket": "同一票据或同一账号的消息在一个工作进程上可同时等待的长轮询数；0 表示不限。",
    "poll_waits_per_address": "同一地址在一个工作进程上可同时等待的长轮询数；0 表示不限。",
    "phone_session_seconds": "手机会话的有效期（秒）。",
    "client_session_seconds": "客户端会话的有效期（秒）。",
    "client_idle_seconds": "客户端会话无调用超过该秒数后失效。",
    "web_session_seconds": "WEB 端会话的有效期（秒）。",
    "web_idle_seconds": "WEB 端会话无调用超过该秒数后失效。",
    "login_tries": "密码错误多少次后锁定账号。",
    "login_lock_seconds": "账号锁定的时长（秒）。",
    "declaration_tries": "申报密码错误多少次后锁定单位。",
    "declaration_lock_seconds": "单位锁定的时长（秒）。",
    "captcha_seconds": "图形验证码的有效期（秒）。",
    "cut_over_date": "以下两个日期合二为一，用于其中为空者，即操作手册中实名登录取代单位登录的日期。",
    "authorizations_from": "办税授权启用日期（北京时间）。为空时取 `PAIRING_CUT_OVER_DATE`，"
    "再取种子数据中的日期（操作手册为 2020-01-01），没有则视为已启用。",
    "legacy_login_until": "申报密码登录停用日期（北京时间）；晚于办税授权启用日期时，新旧两种登录方式并存，"
    "部分税务机关即如此。"
    "为空时取 `PAIRING_CUT_OVER_DATE`，再取种子数据中的日期（2020-01-01），没有则不提供此种登录。",
    "heads_need_no_password": "法定代表人和财务负责人单位办税验证时无需申报密码，与现行平台一致；"
    "2019 年的操作手册要求其与他人一样输入。",
    "registration_code_seconds": "注册码的有效期（秒）。",
    "registration_seconds": "已开始的注册须在该秒数内完成。",
    "reset_seconds": "已开始的密码重置须在该秒数内完成。",
    "sms_code_seconds": "短信验证码的有效期（秒）。",
    "sms_interval_seconds": "同一次注册或重置中两次短信验证码的间隔（秒）。",
    "sms_per_transaction": "同一次注册或重置可发送的短信验证码数。",
    "sms_per_day": "同一手机号码或同一申报身份每天可发送的短信验证码数。",
    "sms_tries": "短信验证码输错多少次后失效。",
    "web_sms_codes": "WEB 端重置申报密码、授予管理权限是否需要短信验证码。2019 年的操作手册未作规定，现行平台需要。",
    "sms_webhook_url": "短信投递地址（POST）；模拟环境下保存在发件箱中。",
    "sms_webhook_secret": "每条投递短信的 `X-Pairing-Signature` 中 HMAC-SHA-256 的密钥。",
    "oauth_refresh_seconds": "OAuth 客户端未使用刷新令牌时，该令牌的有效期（秒）。",
    "oauth_id_token_seconds": "id_token 的有效期（秒）。",
    "oauth_code_seconds": "授权码的有效期（秒）。",
    "oauth_device_interval_seconds": "设备授权流程两次轮询的最短间隔（秒）；0 表示 5 秒，启用模拟时为 1 秒。",
    "logins_per_account": "同一地址对同一账号每分钟登录失败的次数上限，图形验证码错误计入在内。",
    "logins_per_address": "同一地址每分钟登录失败的次数上限；曾在该地址登录成功的账号不受限。",
    "logins_in_all": "每分钟登录失败的总次数上限。",
    "declarations_per_unit": "同一地址对同一单位每分钟申报密码错误的次数上限。",
    "declarations_per_address": "同一地址每分钟申报密码错误的次数上限。",
    "grants_per_account": "同一账号每小时授权时未找到人员的次数上限。",
    "otp_tries": "同一手机在任意票据和重置中动态口令错误多少次后退出登录。",
    "otp_tries_per_account": "同一账号所有手机的动态口令共错误多少次后暂停校验；0 表示不限。",
    "otp_window_seconds": "动态口令错误次数的统计时段（秒）。",
    "targeted_per_account": "同一账号名每十分钟的定向票据数，已确认的也计入；0 表示不限。",
    "targeted_per_address": "同一地址每十分钟可申请的定向票据数；0 表示不限。",
    "captchas_per_address": "同一地址每分钟的图形验证码数。",
    "captchas_in_all": "每分钟图形验证码的总数；每个约占用一个核 20 毫秒。",
    "registrations_per_address": "同一地址每分钟被拒绝的注册码数。",
    "resets_per_address": "同一地址每分钟开始的密码重置数。",
    "sms_per_address": "同一地址每小时可请求的短信验证码数。",
    "sim": "启用控制平面 `/sim/v1`（时钟、发件箱、故障、种子数据、重置）。",
    "sim_token": "控制平面的 Bearer 令牌，设置后只有持有者可用；未设置时仅限本机。",
    "sim_open": "允许能访问网关的所有地址使用控制平面，用于局域网演示。",
    "allow_sim_database": "允许未启用模拟的网关使用模拟环境的数据库，包括密码已公开的人员。",
    "sim_captcha": "模拟环境中所有图形验证码显示的内容；为空时每次随机生成。",
    "seed_bytes": "`PUT /sim/v1/seed` 接受的种子数据最大字节数；两万人约 6 MB。",
    "seed": "启动时载入的数据：`demo`，或 YAML、JSON 文件。",
}


def described(name: str, english: str) -> str:
    """What the setting does, in the language of the environment."""
    return DESCRIPTIONS[name] if choose_language(None, os.environ) == "zh" else english
