// The page's names of the gateway's states and kinds. English shows the gateway's words.
import { t } from "../ui/language.ts";

const STATES: Record<string, string> = {
  pending: "待扫码",
  scanned: "已扫码",
  confirmed: "已确认",
  claimed: "已登录",
  rejected: "已拒绝",
  cancelled: "已取消",
  expired: "已过期",
};

const KINDS: Record<string, string> = {
  phone: "手机",
  client: "扣缴客户端",
  web: "WEB 端",
  account: "账号",
  name: "登录名称",
  login: "账号",
  unit: "单位",
  declaration: "单位",
};

export const stateName = (state: string): string => t(STATES[state] ?? state, state);
export const kindName = (kind: string): string => t(KINDS[kind] ?? kind, kind);
