// Made by `npm run types` from sim/v1/openapi.json; do not edit.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description What a registered client's access token is.
         * @enum {string}
         */
        AccessTokenFormat: "opaque" | "jwt";
        /** @description The distance to move the clock. */
        AdvanceBody: {
            seconds: number;
        };
        /** @description The text of a captcha's image. */
        CaptchaAnswerView: {
            answer: string;
        };
        /** @description An answer to a captcha. */
        CaptchaFields: {
            answer: string;
            captcha_id: string;
        };
        /** @description An unanswered captcha, and its answer. */
        CaptchaRow: {
            answer: string;
            captcha_id: string;
            expires_at: number;
        };
        /** @description The text of every captcha; null means a new text each. */
        CaptchaSetting: {
            always: string | null;
        };
        /** @description The text of every captcha from now on; null means a new text each. */
        CaptchaSettingBody: {
            always: string | null;
        };
        /** @description A claim; the key is the ticket's own unless given. `code` is what the phone shows, where the client needs it. */
        Claim: {
            code?: string | null;
            idempotency_key?: string | null;
            /**
             * @description Have the computer remembered: the answer has its token.
             * @default false
             */
            remember?: boolean;
        };
        /** @description All registered clients, by id. */
        ClientList: {
            clients: components["schemas"]["ClientView"][];
        };
        /** @description A registered client, without its secret. */
        ClientView: {
            access_token_format: components["schemas"]["AccessTokenFormat"];
            backchannel_client_notification_endpoint: string;
            backchannel_logout_uri: string;
            backchannel_token_delivery_mode: components["schemas"]["DeliveryMode"];
            client_id: string;
            confidential: boolean;
            grant_types: components["schemas"]["OAuthGrantType"][];
            id_token_signed_response_alg: components["schemas"]["SigningAlgorithm"];
            name: string;
            post_logout_redirect_uris: string[];
            redirect_uris: string[];
        };
        /** @description The gateway's clock. */
        ClockView: {
            frozen: boolean;
            /** @description milliseconds since 1970 */
            now: number;
            offset_ms: number;
        };
        /**
         * @description Stable error codes: the ``code`` of a problem document and of a Socket.IO refusal.
         * @enum {string}
         */
        Code: "malformed_request" | "invalid_request" | "body_too_large" | "unsupported_media_type" | "method_not_allowed" | "not_found" | "origin_refused" | "rate_limited" | "slow_down" | "unavailable" | "not_acknowledged" | "internal_error" | "unauthenticated" | "forbidden" | "too_many_tickets" | "targeted_tickets_off" | "remembered_invalid" | "ticket_not_found" | "ticket_expired" | "ticket_taken" | "ticket_wrong_state" | "ticket_not_confirmed" | "ticket_spent" | "ticket_rejected" | "ticket_cancelled" | "otp_invalid" | "otp_tries_exhausted" | "number_mismatch" | "qr_stale" | "qr_rotates" | "claim_code_required" | "claim_code_invalid" | "login_unavailable" | "invalid_credentials" | "captcha_required" | "captcha_invalid" | "account_locked" | "account_disabled" | "consent_required" | "face_not_recognized" | "registration_code_invalid" | "registration_code_expired" | "registration_code_spent" | "registration_not_found" | "registration_expired" | "reset_not_found" | "reset_expired" | "sms_code_invalid" | "sms_code_expired" | "login_name_taken" | "phone_taken" | "document_taken" | "unit_verification_required" | "unit_not_found" | "unit_locked" | "unit_abnormal" | "unit_deregistered" | "unit_credentials_invalid" | "declaration_password_required" | "declaration_password_invalid" | "legacy_login_closed" | "authorization_closed" | "authorization_not_found" | "authorization_exists" | "authorization_limit" | "person_not_found" | "not_in_seed";
        /** @description Which ticket (the one scanned last, without it), and the number on the client's screen. */
        Confirm: {
            number?: string | null;
            ticket_id?: string | null;
        };
        /** @description A person at the counter with their document. */
        CounterBody: {
            id_number: string;
            id_type: components["schemas"]["IdType"];
            name: string;
        };
        /** @description Who logs in by password, and the captcha where one is due. */
        Credentials: {
            captcha?: components["schemas"]["CaptchaFields"] | null;
            identifier: string;
            /** Format: password */
            password: string;
        };
        /**
         * @description How a client hears of the outcome of CIBA (OpenID Connect CIBA Core section 5).
         * @enum {string}
         */
        DeliveryMode: "poll" | "ping" | "push";
        /**
         * @description What every face recognition finds from now on.
         * @enum {string}
         */
        FaceOutcome: "recognized" | "not_recognized" | "unavailable";
        /** @description What every face recognition finds. */
        FaceSetting: {
            outcome: components["schemas"]["FaceOutcome"];
        };
        /** @description What every face recognition finds from now on, until the next reset. */
        FaceSettingBody: {
            outcome: components["schemas"]["FaceOutcome"];
        };
        /** @description A fault to set: kind, filter, probability, count, lifetime. */
        FaultBody: {
            /** @description Only this Socket.IO event: `request_ticket`, `ticket_state`. */
            event?: string | null;
            kind: components["schemas"]["FaultKind"];
            /**
             * @description Delay of `latency` and `push_delay`; longest of `push_reorder`.
             * @default 0
             */
            milliseconds?: number;
            /**
             * @description How likely it fires at each occasion.
             * @default 1
             */
            probability?: number;
            /** @description Only REST calls with this method and path; `*` is any text: `POST /api/v1/tickets/*\/confirm`. */
            route?: string | null;
            /** @description Lifetime by the gateway's clock. */
            seconds?: number | null;
            /**
             * @description The same seed draws the same outcomes, occasion by occasion.
             * @default 0
             */
            seed?: number;
            /**
             * @description Above 0, delays are log-normal about the median `milliseconds`.
             * @default 0
             */
            sigma?: number;
            /** @description Only pushes that tell of this state. */
            state?: components["schemas"]["TicketState"] | null;
            /**
             * @description Status that `error` answers.
             * @default 503
             * @enum {integer}
             */
            status?: 400 | 403 | 404 | 409 | 410 | 429 | 500 | 502 | 503 | 504;
            /** @description Only calls and pushes about this ticket_id. */
            ticket?: string | null;
            /** @description How often it fires; without it, always. */
            times?: number | null;
        };
        /**
         * @description The kinds of fault.
         * @enum {string}
         */
        FaultKind: "latency" | "error" | "drop_reply" | "push_drop" | "push_delay" | "push_duplicate" | "push_reorder" | "socket_cut" | "id_token_signature" | "id_token_issuer" | "id_token_expired" | "redis_unreachable";
        /** @description All faults that are set. */
        FaultList: {
            faults: components["schemas"]["FaultView"][];
        };
        /** @description A fault, and its count. */
        FaultView: {
            /** @description milliseconds of the gateway's clock */
            ends_at: number | null;
            event: string | null;
            fault_id: string;
            fired: number;
            kind: components["schemas"]["FaultKind"];
            milliseconds: number;
            probability: number;
            route: string | null;
            seed: number;
            sigma: number;
            state: components["schemas"]["TicketState"] | null;
            status: number;
            ticket: string | null;
            times: number | null;
        };
        /** @description A field that does not fit: `rule` is stable, `message` is for people, by `Accept-Language`. */
        FieldError: {
            /** @description its name, with dots between the levels */
            field: string;
            message: string;
            rule: components["schemas"]["FieldRule"];
            /** @description the rule's own numbers and names, as in the message */
            values: {
                [key: string]: unknown;
            };
        };
        /**
         * @description The rule that a field broke.
         * @enum {string}
         */
        FieldRule: "missing" | "unknown_field" | "too_long" | "too_short" | "text_expected" | "number_expected" | "whole_number_expected" | "boolean_expected" | "object_expected" | "list_expected" | "pattern" | "one_of" | "at_least" | "at_most" | "above" | "below" | "nul_character" | "unfit" | "label_hidden_character" | "label_blank" | "login_name_length" | "login_name_characters" | "login_name_digits_alone" | "password_length" | "password_white_space" | "password_classes" | "password_reused" | "resident_id_form" | "passport_form" | "hk_macau_permit_form" | "taiwan_permit_form" | "foreign_permanent_resident_form" | "id_number_province" | "id_number_check_digit" | "id_number_birth_date" | "id_number_age" | "name_length" | "name_character" | "name_ends" | "name_dots" | "phone_form" | "division_unknown" | "face_needs_resident_id" | "taxpayer_id_length" | "credit_code_form" | "credit_code_check_digit" | "organization_code_form" | "organization_code_check_digit" | "individual_business_form" | "individual_business_check_digit" | "person_by_one" | "authorize_oneself" | "day_past" | "day_unknown" | "day_order" | "otp_needed" | "sms_code_needed" | "seed_password_or_hash" | "seed_unit_unknown" | "seed_account_unknown" | "seed_twice" | "address_form" | "captcha_purpose" | "clock_end" | "fault_without_route" | "fault_without_state" | "fault_one_occasion" | "fault_duration" | "fault_for_all" | "fault_probability";
        /**
         * @description The format of the journal.
         * @enum {string}
         */
        Format: "json" | "ndjson" | "mermaid";
        /**
         * @description Some people and units of the seed, and how many there are in all.
         *
         *     Those with exactly this name or number come first, then those that begin with it, then those that have a part of it.
         */
        FoundInSeed: {
            accounts: components["schemas"]["SeedAccount"][];
            accounts_in_all: number;
            units: components["schemas"]["SeedUnit"][];
            units_in_all: number;
        };
        /**
         * @description The three ways to name an account at login.
         * @enum {string}
         */
        Identifier: "phone" | "id_number" | "login_name";
        /**
         * @description A document for registration.
         * @enum {string}
         */
        IdType: "resident_id" | "passport" | "hk_macau_permit" | "taiwan_permit" | "foreign_permanent_resident";
        /** @description The present state, newest first. */
        InspectionView: {
            captchas: components["schemas"]["CaptchaRow"][];
            locks: components["schemas"]["LockRow"][];
            now: number;
            sessions: components["schemas"]["SessionRow"][];
            tickets: components["schemas"]["TicketRow"][];
        };
        /** @description A registration code; it voids the person's previous one. */
        IssuedCode: {
            /** @description milliseconds of the gateway's clock */
            expires_at: number;
            /** @description seconds */
            expires_in: number;
            registration_code: string;
        };
        /** @description One entry. Secrets in `body` are masked. */
        JournalEntry: {
            /** @description milliseconds of the gateway's clock */
            at: number;
            body?: unknown;
            duration_ms?: number | null;
            kind: components["schemas"]["Kind"];
            lane_from: components["schemas"]["Participant"];
            lane_to: components["schemas"]["Participant"];
            method?: string | null;
            name: string;
            path?: string | null;
            seq: number;
            status?: number | null;
            ticket_id?: string | null;
            /** @description of the `traceparent` that the call or push carries; where the gateway is traced, also of a call that carries none */
            trace_id?: string | null;
        } & {
            [key: string]: unknown;
        };
        /** @description Entries in order; `next` is the next call's `since`. */
        JournalPage: {
            entries: components["schemas"]["JournalEntry"][];
            next: number;
        };
        /**
         * @description The kind of an entry.
         * @enum {string}
         */
        Kind: "request" | "answer" | "transition" | "push" | "fault" | "note";
        /** @description The longest locks first. */
        LockList: {
            locks: components["schemas"]["LockView"][];
        };
        /** @description Wrong passwords of an account or a unit; `locked_until` is 0 without a lock. */
        LockRow: {
            captcha_due: boolean;
            kind: string;
            locked_until: number;
            subject: string;
            wrong: number;
        };
        /** @description Wrong passwords of an account or a unit, and its lock. */
        LockView: {
            captcha_due: boolean;
            /** @description of an account: what the wrong passwords were typed with */
            identifiers: components["schemas"]["Identifier"][];
            /** @enum {string} */
            kind: "account" | "unit";
            /** @description milliseconds of the gateway's clock; 0 without a lock */
            locked_since: number;
            /** @description milliseconds of the gateway's clock; 0 without a lock */
            locked_until: number;
            /** @description of the person or the unit */
            name: string;
            /** @description login name or taxpayer number; empty for an identifier that no account has */
            subject: string;
            /** @description so many wrong passwords lock */
            tries: number;
            /** @description wrong passwords since the last success or lock */
            wrong: number;
        };
        /** @description Messages, oldest first. */
        MessageList: {
            messages: components["schemas"]["MessageView"][];
        };
        /** @description A message on a phone. */
        MessageView: {
            /** @description milliseconds of the gateway's clock */
            at: number;
            code: string;
            message_id: string;
            phone: string;
            purpose: components["schemas"]["Purpose"];
            text: string;
        };
        /** @description A client to make; with ``ticket`` it asks for one at once. */
        NewClient: {
            device?: string | null;
            /** @description Address of another gateway than this server's own. */
            gateway?: string | null;
            name?: string | null;
            /** @description Account whose phones the first ticket asks, without a QR. */
            target?: string | null;
            /** @default true */
            ticket?: boolean;
            /**
             * @default websocket
             * @enum {string}
             */
            transport?: "websocket" | "poll";
            version?: string | null;
        };
        /** @description A unit, whose papers the clerk has checked, and its new declaration password. */
        NewDeclarationPasswordAtHall: {
            new_password: string;
            /** @description unified social credit code of 18 characters, or an older number of 15 */
            taxpayer_id: string;
        };
        /** @description The password that the clerk sets. */
        NewPasswordBody: {
            id_number: string;
            id_type: components["schemas"]["IdType"];
            name: string;
            new_password: string;
        };
        /** @description A phone to make. With a persona, or with an identifier, it is logged in at once. */
        NewPhone: {
            /**
             * @description How slow `slow` is, in seconds.
             * @default 5
             */
            delay?: number;
            /** @description Address of another gateway than this server's own. */
            gateway?: string | null;
            identifier?: string | null;
            password?: string | null;
            persona?: components["schemas"]["Persona"] | null;
        };
        /** @description A ticket to ask for. */
        NewTicket: {
            /** @description Token of a remembered computer, in the place of a name. */
            remembered?: string | null;
            /** @description Account whose phones are asked, without a QR: its login name. */
            target?: string | null;
        };
        /**
         * @description How a person ties the client's screen to the phone after the scan.
         * @enum {string}
         */
        NumberMatching: "off" | "show" | "require" | "choose" | "return";
        /**
         * @description What a registered client may exchange for tokens (RFC 6749, RFC 8628, OpenID Connect CIBA Core 1.0).
         * @enum {string}
         */
        OAuthGrantType: "authorization_code" | "urn:ietf:params:oauth:grant-type:device_code" | "urn:openid:params:grant-type:ciba" | "refresh_token";
        /** @description Which request to open; the newest, without it. */
        Open: {
            ticket_id?: string | null;
        };
        /**
         * @description A sender or receiver of an entry: a participant of the sequence diagram.
         * @enum {string}
         */
        Participant: "client" | "gateway" | "redis" | "phone" | "web" | "test";
        /**
         * @description The permission that an authorization gives a person for a unit.
         * @enum {string}
         */
        Permission: "handle" | "manage";
        /**
         * @description The person who holds the phone.
         * @enum {string}
         */
        Persona: "approves" | "rejects" | "scans_and_vanishes" | "slow" | "unregistered" | "locked" | "wrong_employer";
        /**
         * @description A page of rows of each kind, and how many there are in all.
         *
         *     Those with exactly this name or number come first, then those that begin with it, then those that have a part of
         *     it; without a search by login name, and by taxpayer number.
         */
        Present: {
            accounts: components["schemas"]["PresentAccount"][];
            accounts_in_all: number;
            authorizations: components["schemas"]["PresentAuthorization"][];
            /** @description `after` of the next page; null after the last one of all three kinds */
            next: string | null;
            units: components["schemas"]["PresentUnit"][];
            units_in_all: number;
        };
        /** @description A person. */
        PresentAccount: {
            disabled: boolean;
            id_number: string;
            locked: boolean;
            login_name: string;
            name: string;
            phone: string;
        };
        /** @description An authorization that has not ended; people are told by login name. */
        PresentAuthorization: {
            account: string;
            /** @description empty for a person who is there no more */
            granted_by: string;
            permission: components["schemas"]["Permission"];
            unit: string;
            /** @description last day in force; null is for ever */
            valid_until: string | null;
        };
        /** @description A unit. */
        PresentUnit: {
            name: string;
            status: components["schemas"]["UnitStatus"];
            taxpayer_id: string;
        };
        /** @description RFC 9457 problem document; `code` is stable, `title` and `detail` are for people, by `Accept-Language`. */
        ProblemDocument: {
            code: components["schemas"]["Code"];
            detail: string;
            /** @description of `invalid_request`: each field that does not fit */
            errors?: components["schemas"]["FieldError"][] | null;
            /** @description of `not_in_seed`: the names in the seed that are most alike */
            nearest?: string[] | null;
            /** @description seconds after which another try makes sense */
            retry_after?: number | null;
            /** @description the ticket's present state */
            state?: components["schemas"]["TicketState"] | null;
            status: number;
            title: string;
            /** @description `urn:scan-to-login:problem:` and the code */
            type: string;
            /** @description the ticket's present version */
            version?: number | null;
        } & {
            [key: string]: unknown;
        };
        /** @description The address to tell everybody. */
        PublicUrlBody: {
            /** @description such as `http://192.168.1.5:32768`; null: the setting's, or the one that each caller has called */
            public_url: string | null;
        };
        /** @description The address that the gateway tells. */
        PublicUrlView: {
            /** @description whether everybody is told the same, whatever address they have called */
            fixed: boolean;
            /** @description what this caller is told; the QR of its tickets begins with it */
            public_url: string;
        };
        /**
         * @description The purpose of a code in a message; the code is valid for no other.
         * @enum {string}
         */
        Purpose: "registration" | "password_reset" | "declaration_password" | "authorization";
        /** @description Who cannot log in by QR from now on; `{}` switches it on for everybody. */
        QrLoginBody: {
            /**
             * @description by login name, phone or ID number
             * @default []
             */
            off_for_accounts?: string[];
            /** @default false */
            off_for_all?: boolean;
            /**
             * @description by the name that a client tells, or by the id of a registered one
             * @default []
             */
            off_for_clients?: string[];
        };
        /** @description Who cannot log in by QR. */
        QrLoginView: {
            /** @description by login name */
            off_for_accounts: string[];
            off_for_all: boolean;
            /** @description by the name that a client tells, or by the id of a registered one */
            off_for_clients: string[];
        };
        /** @description Which ticket; the one scanned last, without it. */
        Reject: {
            ticket_id?: string | null;
        };
        /**
         * @description A person's role at a unit.
         * @enum {string}
         */
        Role: "legal_representative" | "finance_manager" | "tax_agent";
        /** @description A QR: its text, or an image in base64. */
        Scan: {
            image?: string | null;
            /** @description The QR's text; `qr` is the same. */
            payload?: string | null;
        };
        /** @description Who scanned, masked. */
        ScannedByView: {
            display_name: string;
            initial?: string | null;
        };
        /**
         * @description How much of a name or number a search of the control plane must have.
         * @enum {string}
         */
        SearchMatch: "exact" | "prefix" | "part";
        /** @description The initial people and units of a simulation. */
        Seed: {
            /** @default [] */
            accounts?: components["schemas"]["SeedAccount"][];
            /** @default [] */
            authorizations?: components["schemas"]["SeedAuthorization"][];
            /** @description first day of authorizations; null is always */
            authorizations_from?: string | null;
            /** @default [] */
            bindings?: components["schemas"]["SeedBinding"][];
            /** @default [] */
            clients?: components["schemas"]["SeedClient"][];
            /** @description both days in one, for those that are null */
            cut_over?: string | null;
            /** @description day on which logins by declaration password alone have ended; null is never before */
            legacy_login_until?: string | null;
            /** @default [] */
            roles?: components["schemas"]["SeedRole"][];
            /** @default [] */
            units?: components["schemas"]["SeedUnit"][];
        };
        /** @description A registered person. An export has `password_hash` if the password is unknown. */
        SeedAccount: {
            /** @default false */
            disabled?: boolean;
            /** @default  */
            household_division?: string;
            id_number: string;
            id_type: components["schemas"]["IdType"];
            /**
             * @description locked by wrong passwords at the start
             * @default false
             */
            locked?: boolean;
            login_name: string;
            name: string;
            /** @default  */
            password?: string;
            /**
             * @description Argon2id, instead of the password
             * @default
             */
            password_hash?: string;
            phone: string;
        };
        /** @description An account that may act for a unit without its password. */
        SeedAuthorization: {
            account: string;
            granted_by: string;
            permission: components["schemas"]["Permission"];
            unit: string;
            /** @description first day in force; null is always */
            valid_from?: string | null;
            /** @description last day in force; null is for ever */
            valid_until?: string | null;
        };
        /** @description An account that has proved a unit's declaration password. */
        SeedBinding: {
            account: string;
            unit: string;
        };
        /** @description A registered client of OAuth; one without a secret is public (RFC 6749 section 2.1). */
        SeedClient: {
            /** @default opaque */
            access_token_format?: components["schemas"]["AccessTokenFormat"];
            /** @default  */
            backchannel_client_notification_endpoint?: string;
            /** @default  */
            backchannel_logout_uri?: string;
            /** @default poll */
            backchannel_token_delivery_mode?: components["schemas"]["DeliveryMode"];
            client_id: string;
            /**
             * @default [
             *       "authorization_code",
             *       "urn:ietf:params:oauth:grant-type:device_code",
             *       "urn:openid:params:grant-type:ciba",
             *       "refresh_token"
             *     ]
             */
            grant_types?: components["schemas"]["OAuthGrantType"][];
            /** @default RS256 */
            id_token_signed_response_alg?: components["schemas"]["SigningAlgorithm"];
            /**
             * @description shown on the phone; its id where it is empty
             * @default
             */
            name?: string;
            /** @default [] */
            post_logout_redirect_uris?: string[];
            /**
             * @description compared byte for byte; on loopback with any port
             * @default []
             */
            redirect_uris?: string[];
            /** @default  */
            secret?: string;
            /**
             * @description SHA-256 of the secret
             * @default
             */
            secret_digest?: string;
        };
        /** @description A person's role at a unit (alias or taxpayer_id). */
        SeedRole: {
            account: string;
            role: components["schemas"]["Role"];
            unit: string;
        };
        /** @description A unit; `alias` is its name in command lines and tests. */
        SeedUnit: {
            /** @default  */
            alias?: string;
            /** @default  */
            declaration_password?: string;
            name: string;
            /**
             * @description Argon2id, instead of the password
             * @default
             */
            password_hash?: string;
            /** @default normal */
            status?: components["schemas"]["UnitStatus"];
            taxpayer_id: string;
        };
        /**
         * @description Who holds a session.
         * @enum {string}
         */
        SessionKind: "phone" | "client" | "web";
        /** @description A session of a phone, a client or the WEB platform; never its token. */
        SessionRow: {
            address: string;
            created_at: number;
            device_name: string;
            display_name: string;
            expires_at: number;
            kind: components["schemas"]["SessionKind"];
            last_seen: number;
            login_name: string;
            session_id: string;
            taxpayer_id: string;
        };
        /** @description A client's session as the gateway stores it, without its token, which no store has. */
        SessionSeen: {
            account_id: string;
            created_at: number;
            expires_at: number;
            login_name: string;
            session_id: string;
            stage: components["schemas"]["Stage"];
            taxpayer_id?: string | null;
            ticket_id?: string | null;
            via?: components["schemas"]["Via"] | null;
        };
        /** @description The new time of the clock; `frozen` stops it there. */
        SetClockBody: {
            /** @default false */
            frozen?: boolean;
            /** @description milliseconds since 1970 */
            now?: number | null;
        };
        /** @description Whose phone or session it is; the name is masked. */
        ShownAccount: {
            account_id: string;
            display_name: string;
            id_type: components["schemas"]["IdType"] | null;
            login_name: string | null;
        };
        /**
         * @description An action of the persona: `scanned`, `confirmed` (with the code for the client, if it shows one), `rejected`, or
         *     `failed` with a code.
         */
        ShownAction: {
            claim_code?: string | null;
            code?: string | null;
            detail?: string | null;
            did: string;
            ticket_id?: string | null;
        };
        /** @description Actions after the first `since`; `next` is the `since` of the next call. */
        ShownActions: {
            deeds: components["schemas"]["ShownAction"][];
            next: number;
        };
        /**
         * @description What the client's screen shows. `qr` is null once the ticket has ended, and of a targeted ticket; `serial` counts
         *     tickets.
         */
        ShownClient: {
            claim_code_required: boolean;
            client_id: string;
            number: string | null;
            qr: string | null;
            reason: string | null;
            remaining: number | null;
            scanned_by: components["schemas"]["ShownScanner"] | null;
            serial: number;
            state: components["schemas"]["TicketState"] | null;
            ticket_id: string | null;
            version: number;
        };
        /** @description All clients, oldest first. */
        ShownClients: {
            clients: components["schemas"]["ShownClient"][];
        };
        /** @description What the phone shows before a person decides. `client_*` is what the client says of itself, unverified. */
        ShownConfirmPage: {
            address: string;
            choices: string[];
            client_device: string;
            client_name: string;
            client_unverified: boolean;
            client_version: string;
            expires_at: number;
            expires_in: number;
            number: string | null;
            number_matching: components["schemas"]["NumberMatching"];
            requested_at: number;
            same_address: boolean;
            state: components["schemas"]["TicketState"];
            ticket_id: string;
            version: number;
        };
        /** @description A login, its token included, for calls of the test's own. */
        ShownLogin: {
            access_token: string;
            account: components["schemas"]["ShownAccount"];
            expires_in: number;
            next: string;
            /** @description Token of this computer for its next login. */
            remembered?: string | null;
            units: components["schemas"]["ShownUnit"][];
        };
        /** @description A client that asks this account's phones for a login. `client_*` is what the client says of itself, unverified. */
        ShownLoginRequest: {
            address: string;
            client_device: string;
            client_name: string;
            client_unverified: boolean;
            client_version: string;
            expires_at: number;
            expires_in: number;
            requested_at: number;
            state: components["schemas"]["TicketState"];
            ticket_id: string;
        };
        /** @description The requests that this phone may open, newest first. */
        ShownLoginRequests: {
            requests: components["schemas"]["ShownLoginRequest"][];
        };
        /** @description A phone; `deeds` is the number of its persona's actions. */
        ShownPhone: {
            account: components["schemas"]["ShownAccount"] | null;
            deeds: number;
            gateway: string;
            /** @description Code with which the persona's login was refused. */
            login_refused?: string | null;
            persona: components["schemas"]["Persona"] | null;
            phone_id: string;
        };
        /** @description All phones, oldest first. */
        ShownPhones: {
            phones: components["schemas"]["ShownPhone"][];
        };
        /** @description The phone's session. */
        ShownPhoneSession: {
            account: components["schemas"]["ShownAccount"];
            created_at: number;
            device_id: string;
            device_model: string;
            device_name: string;
            expires_at: number;
        };
        /** @description Who scanned: a masked name, and its initial. */
        ShownScanner: {
            display_name: string;
            initial: string;
        };
        /** @description The client's session. */
        ShownSession: {
            account: components["schemas"]["ShownAccount"] | null;
            created_at: number | null;
            expires_at: number | null;
            stage: components["schemas"]["Stage"];
            unit: components["schemas"]["ShownUnit"] | null;
        };
        /** @description The ticket after a confirm or a reject. */
        ShownTicket: {
            claim_code: string | null;
            expires_at: number | null;
            expires_in: number | null;
            state: components["schemas"]["TicketState"];
            ticket_id: string;
            version: number;
        };
        /** @description A unit that the account may act for. */
        ShownUnit: {
            name: string;
            password_required: boolean;
            roles: string[];
            status: string | null;
            taxpayer_id: string;
            via: string[];
        };
        /** @description The units of the session's account. */
        ShownUnits: {
            units: components["schemas"]["ShownUnit"][];
        };
        /**
         * @description How tokens are signed (RFC 7518 section 3.1).
         * @enum {string}
         */
        SigningAlgorithm: "ES256" | "RS256";
        /**
         * @description The stage of a client's session.
         * @enum {string}
         */
        Stage: "logged_in" | "unit_verified";
        /** @description Whether to disable the account. */
        StandingBody: {
            disabled: boolean;
        };
        /**
         * @description Why a ticket was rejected or cancelled.
         * @enum {string}
         */
        TicketReason: "rejected_on_phone" | "phone_logged_out" | "too_many_tries" | "wrong_number" | "cancelled_by_client" | "replaced" | "login_unavailable";
        /** @description A ticket, also an ended one as long as Redis keeps it; never its secret. */
        TicketRow: {
            address: string;
            client: string;
            /** @description milliseconds of the gateway's clock; for an ended ticket, the time it ended */
            expires_at: number;
            login_name: string;
            /** @description milliseconds of the gateway's clock */
            requested_at: number;
            state: components["schemas"]["TicketState"];
            ticket_id: string;
            version: number;
        };
        /**
         * @description The state of a ticket; it never moves backwards.
         * @enum {string}
         */
        TicketState: "pending" | "scanned" | "confirmed" | "claimed" | "rejected" | "cancelled" | "expired";
        /** @description A ticket's state; the body of `ticket_state` too. */
        TicketStateAnswer: {
            /** @description time of the last change, in milliseconds of the gateway's clock */
            at: number;
            claim_code_required?: boolean | null;
            expires_at?: number | null;
            expires_in?: number | null;
            number?: string | null;
            reason?: components["schemas"]["TicketReason"] | null;
            scanned_by?: components["schemas"]["ScannedByView"] | null;
            state: components["schemas"]["TicketState"];
            ticket_id: string;
            /** @description the request for the ticket, or the push (W3C Trace Context); only where the gateway is traced */
            traceparent?: string | null;
            version: number;
        };
        /** @description A unit by its taxpayer_id or alias; no password is needed with an authorization. */
        UnitFields: {
            captcha?: components["schemas"]["CaptchaFields"] | null;
            declaration_password?: string | null;
            unit: string;
        };
        /**
         * @description A unit's status at the tax office.
         * @enum {string}
         */
        UnitStatus: "normal" | "abnormal" | "deregistered";
        /**
         * @description How an account may act for a unit.
         * @enum {string}
         */
        Via: "binding" | "authorization" | "role" | "legacy";
        /** @description What the persona is to act on by itself: a client of this server, a client at an address, or one QR's text. */
        Watch: {
            /** @description A client's address: `.../clients/{client_id}` of any server. */
            client?: string | null;
            /** @description A client of the same server. */
            client_id?: string | null;
            /** @description One QR's text; `qr` is the same. */
            payload?: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type AccessTokenFormat = components['schemas']['AccessTokenFormat'];
export type AdvanceBody = components['schemas']['AdvanceBody'];
export type CaptchaAnswerView = components['schemas']['CaptchaAnswerView'];
export type CaptchaFields = components['schemas']['CaptchaFields'];
export type CaptchaRow = components['schemas']['CaptchaRow'];
export type CaptchaSetting = components['schemas']['CaptchaSetting'];
export type CaptchaSettingBody = components['schemas']['CaptchaSettingBody'];
export type Claim = components['schemas']['Claim'];
export type ClientList = components['schemas']['ClientList'];
export type ClientView = components['schemas']['ClientView'];
export type ClockView = components['schemas']['ClockView'];
export type Code = components['schemas']['Code'];
export type Confirm = components['schemas']['Confirm'];
export type CounterBody = components['schemas']['CounterBody'];
export type Credentials = components['schemas']['Credentials'];
export type DeliveryMode = components['schemas']['DeliveryMode'];
export type FaceOutcome = components['schemas']['FaceOutcome'];
export type FaceSetting = components['schemas']['FaceSetting'];
export type FaceSettingBody = components['schemas']['FaceSettingBody'];
export type FaultBody = components['schemas']['FaultBody'];
export type FaultKind = components['schemas']['FaultKind'];
export type FaultList = components['schemas']['FaultList'];
export type FaultView = components['schemas']['FaultView'];
export type FieldError = components['schemas']['FieldError'];
export type FieldRule = components['schemas']['FieldRule'];
export type Format = components['schemas']['Format'];
export type FoundInSeed = components['schemas']['FoundInSeed'];
export type Identifier = components['schemas']['Identifier'];
export type IdType = components['schemas']['IdType'];
export type InspectionView = components['schemas']['InspectionView'];
export type IssuedCode = components['schemas']['IssuedCode'];
export type JournalEntry = components['schemas']['JournalEntry'];
export type JournalPage = components['schemas']['JournalPage'];
export type Kind = components['schemas']['Kind'];
export type LockList = components['schemas']['LockList'];
export type LockRow = components['schemas']['LockRow'];
export type LockView = components['schemas']['LockView'];
export type MessageList = components['schemas']['MessageList'];
export type MessageView = components['schemas']['MessageView'];
export type NewClient = components['schemas']['NewClient'];
export type NewDeclarationPasswordAtHall = components['schemas']['NewDeclarationPasswordAtHall'];
export type NewPasswordBody = components['schemas']['NewPasswordBody'];
export type NewPhone = components['schemas']['NewPhone'];
export type NewTicket = components['schemas']['NewTicket'];
export type NumberMatching = components['schemas']['NumberMatching'];
export type OAuthGrantType = components['schemas']['OAuthGrantType'];
export type Open = components['schemas']['Open'];
export type Participant = components['schemas']['Participant'];
export type Permission = components['schemas']['Permission'];
export type Persona = components['schemas']['Persona'];
export type Present = components['schemas']['Present'];
export type PresentAccount = components['schemas']['PresentAccount'];
export type PresentAuthorization = components['schemas']['PresentAuthorization'];
export type PresentUnit = components['schemas']['PresentUnit'];
export type ProblemDocument = components['schemas']['ProblemDocument'];
export type PublicUrlBody = components['schemas']['PublicUrlBody'];
export type PublicUrlView = components['schemas']['PublicUrlView'];
export type Purpose = components['schemas']['Purpose'];
export type QrLoginBody = components['schemas']['QrLoginBody'];
export type QrLoginView = components['schemas']['QrLoginView'];
export type Reject = components['schemas']['Reject'];
export type Role = components['schemas']['Role'];
export type Scan = components['schemas']['Scan'];
export type ScannedByView = components['schemas']['ScannedByView'];
export type SearchMatch = components['schemas']['SearchMatch'];
export type Seed = components['schemas']['Seed'];
export type SeedAccount = components['schemas']['SeedAccount'];
export type SeedAuthorization = components['schemas']['SeedAuthorization'];
export type SeedBinding = components['schemas']['SeedBinding'];
export type SeedClient = components['schemas']['SeedClient'];
export type SeedRole = components['schemas']['SeedRole'];
export type SeedUnit = components['schemas']['SeedUnit'];
export type SessionKind = components['schemas']['SessionKind'];
export type SessionRow = components['schemas']['SessionRow'];
export type SessionSeen = components['schemas']['SessionSeen'];
export type SetClockBody = components['schemas']['SetClockBody'];
export type ShownAccount = components['schemas']['ShownAccount'];
export type ShownAction = components['schemas']['ShownAction'];
export type ShownActions = components['schemas']['ShownActions'];
export type ShownClient = components['schemas']['ShownClient'];
export type ShownClients = components['schemas']['ShownClients'];
export type ShownConfirmPage = components['schemas']['ShownConfirmPage'];
export type ShownLogin = components['schemas']['ShownLogin'];
export type ShownLoginRequest = components['schemas']['ShownLoginRequest'];
export type ShownLoginRequests = components['schemas']['ShownLoginRequests'];
export type ShownPhone = components['schemas']['ShownPhone'];
export type ShownPhones = components['schemas']['ShownPhones'];
export type ShownPhoneSession = components['schemas']['ShownPhoneSession'];
export type ShownScanner = components['schemas']['ShownScanner'];
export type ShownSession = components['schemas']['ShownSession'];
export type ShownTicket = components['schemas']['ShownTicket'];
export type ShownUnit = components['schemas']['ShownUnit'];
export type ShownUnits = components['schemas']['ShownUnits'];
export type SigningAlgorithm = components['schemas']['SigningAlgorithm'];
export type Stage = components['schemas']['Stage'];
export type StandingBody = components['schemas']['StandingBody'];
export type TicketReason = components['schemas']['TicketReason'];
export type TicketRow = components['schemas']['TicketRow'];
export type TicketState = components['schemas']['TicketState'];
export type TicketStateAnswer = components['schemas']['TicketStateAnswer'];
export type UnitFields = components['schemas']['UnitFields'];
export type UnitStatus = components['schemas']['UnitStatus'];
export type Via = components['schemas']['Via'];
export type Watch = components['schemas']['Watch'];
export type $defs = Record<string, never>;
type FlattenedDeepRequired<T> = {
    [K in keyof T]-?: FlattenedDeepRequired<T[K] extends unknown[] | undefined | null ? Extract<T[K], unknown[]>[number] : T[K]>;
};
type ReadonlyArray<T> = [
    Exclude<T, undefined>
] extends [
    unknown[]
] ? Readonly<Exclude<T, undefined>> : Readonly<Exclude<T, undefined>[]>;
export const accessTokenFormatValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["AccessTokenFormat"]> = ["opaque", "jwt"];
export const codeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Code"]> = ["malformed_request", "invalid_request", "body_too_large", "unsupported_media_type", "method_not_allowed", "not_found", "origin_refused", "rate_limited", "slow_down", "unavailable", "not_acknowledged", "internal_error", "unauthenticated", "forbidden", "too_many_tickets", "targeted_tickets_off", "remembered_invalid", "ticket_not_found", "ticket_expired", "ticket_taken", "ticket_wrong_state", "ticket_not_confirmed", "ticket_spent", "ticket_rejected", "ticket_cancelled", "otp_invalid", "otp_tries_exhausted", "number_mismatch", "qr_stale", "qr_rotates", "claim_code_required", "claim_code_invalid", "login_unavailable", "invalid_credentials", "captcha_required", "captcha_invalid", "account_locked", "account_disabled", "consent_required", "face_not_recognized", "registration_code_invalid", "registration_code_expired", "registration_code_spent", "registration_not_found", "registration_expired", "reset_not_found", "reset_expired", "sms_code_invalid", "sms_code_expired", "login_name_taken", "phone_taken", "document_taken", "unit_verification_required", "unit_not_found", "unit_locked", "unit_abnormal", "unit_deregistered", "unit_credentials_invalid", "declaration_password_required", "declaration_password_invalid", "legacy_login_closed", "authorization_closed", "authorization_not_found", "authorization_exists", "authorization_limit", "person_not_found", "not_in_seed"];
export const deliveryModeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["DeliveryMode"]> = ["poll", "ping", "push"];
export const faceOutcomeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["FaceOutcome"]> = ["recognized", "not_recognized", "unavailable"];
export const faultBodyStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["FaultBody"]["status"]> = [400, 403, 404, 409, 410, 429, 500, 502, 503, 504];
export const faultKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["FaultKind"]> = ["latency", "error", "drop_reply", "push_drop", "push_delay", "push_duplicate", "push_reorder", "socket_cut", "id_token_signature", "id_token_issuer", "id_token_expired", "redis_unreachable"];
export const fieldRuleValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["FieldRule"]> = ["missing", "unknown_field", "too_long", "too_short", "text_expected", "number_expected", "whole_number_expected", "boolean_expected", "object_expected", "list_expected", "pattern", "one_of", "at_least", "at_most", "above", "below", "nul_character", "unfit", "label_hidden_character", "label_blank", "login_name_length", "login_name_characters", "login_name_digits_alone", "password_length", "password_white_space", "password_classes", "password_reused", "resident_id_form", "passport_form", "hk_macau_permit_form", "taiwan_permit_form", "foreign_permanent_resident_form", "id_number_province", "id_number_check_digit", "id_number_birth_date", "id_number_age", "name_length", "name_character", "name_ends", "name_dots", "phone_form", "division_unknown", "face_needs_resident_id", "taxpayer_id_length", "credit_code_form", "credit_code_check_digit", "organization_code_form", "organization_code_check_digit", "individual_business_form", "individual_business_check_digit", "person_by_one", "authorize_oneself", "day_past", "day_unknown", "day_order", "otp_needed", "sms_code_needed", "seed_password_or_hash", "seed_unit_unknown", "seed_account_unknown", "seed_twice", "address_form", "captcha_purpose", "clock_end", "fault_without_route", "fault_without_state", "fault_one_occasion", "fault_duration", "fault_for_all", "fault_probability"];
export const formatValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Format"]> = ["json", "ndjson", "mermaid"];
export const identifierValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Identifier"]> = ["phone", "id_number", "login_name"];
export const idTypeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["IdType"]> = ["resident_id", "passport", "hk_macau_permit", "taiwan_permit", "foreign_permanent_resident"];
export const kindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Kind"]> = ["request", "answer", "transition", "push", "fault", "note"];
export const lockViewKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["LockView"]["kind"]> = ["account", "unit"];
export const newClientTransportValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["NewClient"]["transport"]> = ["websocket", "poll"];
export const numberMatchingValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["NumberMatching"]> = ["off", "show", "require", "choose", "return"];
export const oAuthGrantTypeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["OAuthGrantType"]> = ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code", "urn:openid:params:grant-type:ciba", "refresh_token"];
export const participantValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Participant"]> = ["client", "gateway", "redis", "phone", "web", "test"];
export const permissionValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Permission"]> = ["handle", "manage"];
export const personaValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Persona"]> = ["approves", "rejects", "scans_and_vanishes", "slow", "unregistered", "locked", "wrong_employer"];
export const purposeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Purpose"]> = ["registration", "password_reset", "declaration_password", "authorization"];
export const roleValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Role"]> = ["legal_representative", "finance_manager", "tax_agent"];
export const searchMatchValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["SearchMatch"]> = ["exact", "prefix", "part"];
export const sessionKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["SessionKind"]> = ["phone", "client", "web"];
export const signingAlgorithmValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["SigningAlgorithm"]> = ["ES256", "RS256"];
export const stageValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Stage"]> = ["logged_in", "unit_verified"];
export const ticketReasonValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["TicketReason"]> = ["rejected_on_phone", "phone_logged_out", "too_many_tries", "wrong_number", "cancelled_by_client", "replaced", "login_unavailable"];
export const ticketStateValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["TicketState"]> = ["pending", "scanned", "confirmed", "claimed", "rejected", "cancelled", "expired"];
export const unitStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["UnitStatus"]> = ["normal", "abnormal", "deregistered"];
export const viaValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Via"]> = ["binding", "authorization", "role", "legacy"];
export type operations = Record<string, never>;
