// Made by `npm run types` from openapi.json; do not edit.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An account, masked, for programs of its owner. */
        AccountView: {
            account_id: string;
            display_name: string;
            id_type: components["schemas"]["IdType"];
            login_name: string;
        };
        /** @description Authorizations that have not ended: of a unit by the persons' names (pinyin), of an account by the units'. */
        AuthorizationList: {
            authorizations: components["schemas"]["AuthorizationView"][];
        };
        /** @description An authorization that has not ended. */
        AuthorizationView: {
            authorization_id: string;
            /** @description milliseconds of the gateway's clock */
            granted_at: number;
            /** @description masked name */
            granted_by: string;
            in_force: boolean;
            /** @description `handle` (办税) or `manage` (管理: may grant `handle`) */
            permission: components["schemas"]["Permission"];
            person: components["schemas"]["PersonView"];
            taxpayer_id: string;
            unit_name: string;
            /** @description first day in force, in China; until then it has no effect */
            valid_from: string;
            /** @description last day in force, in China, as YYYY-MM-DD; null is for ever */
            valid_until: string | null;
        };
        /** @description An authorization request (OpenID Connect Core section 3.1.2.1). */
        AuthorizeForm: {
            acr_values?: string | null;
            client_id: string;
            code_challenge?: string | null;
            code_challenge_method?: string | null;
            id_token_hint?: string | null;
            login_hint?: string | null;
            max_age?: string | null;
            nonce?: string | null;
            prompt?: string | null;
            redirect_uri: string;
            response_mode?: string | null;
            response_type: string;
            scope?: string | null;
            state?: string | null;
            ui_locales?: string | null;
        };
        /** @description The request is under way (OpenID Connect CIBA Core section 7.3). */
        BackchannelAuthenticationAnswer: {
            auth_req_id: string;
            expires_in: number;
            interval?: number | null;
        };
        /** @description A wish that the phones of a person be asked (OpenID Connect CIBA Core section 7.1). */
        BackchannelAuthenticationForm: {
            /** @description the two digits that the client shows, and that the person enters */
            binding_message: string;
            client_id?: string | null;
            /** @description bearer token for ping and push */
            client_notification_token?: string | null;
            client_secret?: string | null;
            /** @description login name, phone number or ID number */
            login_hint: string;
            /** @description seconds */
            requested_expiry?: string | null;
            scope: string;
        };
        /** @description A unit and its declaration password. */
        BindingBody: {
            captcha?: components["schemas"]["CaptchaField"] | null;
            declaration_password: string;
            /** @description unified social credit code of 18 characters, or an older number of 15 */
            taxpayer_id: string;
        };
        /** @description Until when no new request is shown. */
        BlockAnswer: {
            /** @description milliseconds of the gateway's clock */
            blocked_until?: number | null;
        };
        /** @description For how long to show no new request. */
        BlockBody: {
            minutes: number;
        };
        /** @description The attempt that the captcha is for: exactly one of the two fields. */
        CaptchaBody: {
            /** @description For a login by this phone number, login name or ID number. */
            identifier?: string | null;
            /** @description For a declaration password of this unit. */
            taxpayer_id?: string | null;
        };
        /** @description The answer to a captcha; required after a wrong password. */
        CaptchaField: {
            answer: string;
            captcha_id: string;
        };
        /** @description A captcha; it is valid once, for five minutes. */
        CaptchaView: {
            captcha_id: string;
            /** @default image/png */
            content_type: string;
            /** @description milliseconds of the gateway's clock */
            expires_at: number;
            /** @description seconds */
            expires_in: number;
            /** @description PNG of 160 x 60 pixels, base64 */
            image: string;
        };
        /** @description The fields to change; omitted fields stay unchanged. */
        ChangeBody: {
            permission?: components["schemas"]["Permission"] | null;
            /** @description on the WEB platform, to give `manage`: the code of POST /units/{taxpayer_id}/sms-codes */
            sms_code?: string | null;
            /** @description first day in force, in China, as YYYY-MM-DD; null is today */
            valid_from?: string | null;
            /** @description last day in force, in China, as YYYY-MM-DD; null is for ever */
            valid_until?: string | null;
        };
        /** @description A page of characters; `next` is the offset of the next page. */
        CharacterList: {
            characters: components["schemas"]["CharacterView"][];
            next: number | null;
            radical: string;
            total: number;
        };
        /** @description A character, its code point, its strokes besides the radical and in total. */
        CharacterView: {
            character: string;
            codepoint: string;
            strokes: number;
            total_strokes: number;
        };
        /** @description The code that the phone shows, where it is needed, and whether the client wants its computer remembered. */
        ClaimBody: {
            /** @description where the ticket's `claim_code_required` says so */
            code?: string | null;
            /**
             * @description next time this computer asks the same person's phone
             * @default false
             */
            remember: boolean;
        };
        /** @description A ticket that the phone has confirmed. */
        ClaimStepBody: {
            claim_secret: string;
            code?: string | null;
            request: string;
            ticket_id: string;
        };
        /** @description What the client says of itself; shown on the phone as unverified. */
        ClientInfoBody: {
            /** @description host name */
            device: string;
            name: string;
            version: string;
        };
        /** @description Metadata of a client; what is not named here is ignored (RFC 7591 section 2). */
        ClientRegistrationBody: {
            backchannel_client_notification_endpoint?: string | null;
            backchannel_logout_uri?: string | null;
            /** @default poll */
            backchannel_token_delivery_mode: components["schemas"]["DeliveryMode"];
            /** @default  */
            client_name: string;
            /**
             * @default [
             *       "authorization_code"
             *     ]
             */
            grant_types: components["schemas"]["OAuthGrantType"][];
            /** @default RS256 */
            id_token_signed_response_alg: components["schemas"]["SigningAlgorithm"];
            /** @default [] */
            post_logout_redirect_uris: string[];
            /** @default [] */
            redirect_uris: string[];
            /**
             * @default [
             *       "code"
             *     ]
             */
            response_types: "code"[];
            /**
             * @default client_secret_basic
             * @enum {string}
             */
            token_endpoint_auth_method: "client_secret_basic" | "client_secret_post" | "none";
        };
        /** @description A client's session; `unit` is null until a unit is verified. */
        ClientSessionView: {
            /** @description null after a login by declaration password alone */
            account: components["schemas"]["AccountView"] | null;
            created_at: number;
            expires_at: number;
            server_time: number;
            stage: components["schemas"]["Stage"];
            unit: components["schemas"]["UnitView"] | null;
        };
        /** @description What the client said of itself. */
        ClientView: {
            device: string;
            name: string;
            version: string;
        };
        /**
         * @description Stable error codes: the ``code`` of a problem document and of a Socket.IO refusal.
         * @enum {string}
         */
        Code: "malformed_request" | "invalid_request" | "body_too_large" | "unsupported_media_type" | "method_not_allowed" | "not_found" | "origin_refused" | "rate_limited" | "slow_down" | "unavailable" | "not_acknowledged" | "internal_error" | "unauthenticated" | "forbidden" | "too_many_tickets" | "targeted_tickets_off" | "remembered_invalid" | "ticket_not_found" | "ticket_expired" | "ticket_taken" | "ticket_wrong_state" | "ticket_not_confirmed" | "ticket_spent" | "ticket_rejected" | "ticket_cancelled" | "otp_invalid" | "otp_tries_exhausted" | "number_mismatch" | "qr_stale" | "qr_rotates" | "claim_code_required" | "claim_code_invalid" | "login_unavailable" | "invalid_credentials" | "captcha_required" | "captcha_invalid" | "account_locked" | "account_disabled" | "consent_required" | "face_not_recognized" | "registration_code_invalid" | "registration_code_expired" | "registration_code_spent" | "registration_not_found" | "registration_expired" | "reset_not_found" | "reset_expired" | "sms_code_invalid" | "sms_code_expired" | "login_name_taken" | "phone_taken" | "document_taken" | "unit_verification_required" | "unit_not_found" | "unit_locked" | "unit_abnormal" | "unit_deregistered" | "unit_credentials_invalid" | "declaration_password_required" | "declaration_password_invalid" | "legacy_login_closed" | "authorization_closed" | "authorization_not_found" | "authorization_exists" | "authorization_limit" | "person_not_found" | "not_in_seed";
        /** @description Step three of a registration. */
        CompletionBody: {
            household_division: string;
            login_name: string;
            password: string;
            phone: string;
            sms_code: string;
        };
        /** @description The device's one-time code, and the two digits on the client's screen where they are required. */
        ConfirmBody: {
            number?: string | null;
            otp: string;
        };
        /** @description What the phone must show before it lets a person confirm. */
        ConfirmPage: {
            /** @description the client's IP address, as the gateway sees it */
            address: string;
            choices?: string[] | null;
            client: components["schemas"]["ClientView"];
            /** @default true */
            client_unverified: boolean;
            expires_at?: number | null;
            expires_in?: number | null;
            number?: string | null;
            number_matching: components["schemas"]["NumberMatching"];
            requested_at: number;
            /** @description whether the phone's own address is the same */
            same_address: boolean;
            state: components["schemas"]["TicketState"];
            ticket_id: string;
            /** @description the request for the ticket, or the push (W3C Trace Context); only where the gateway is traced */
            traceparent?: string | null;
            version: number;
        };
        /**
         * @description How a client hears of the outcome of CIBA (OpenID Connect CIBA Core section 5).
         * @enum {string}
         */
        DeliveryMode: "poll" | "ping" | "push";
        /** @description A device code, and what a person needs to confirm it (RFC 8628 section 3.2). */
        DeviceAuthorizationAnswer: {
            device_code: string;
            expires_in: number;
            interval: number;
            user_code: string;
            verification_uri: string;
            /** @description the text of the ticket's QR */
            verification_uri_complete: string;
        };
        /** @description A wish for a device code. */
        DeviceAuthorizationForm: {
            client_id?: string | null;
            client_secret?: string | null;
            scope?: string | null;
        };
        /** @description The phone itself. */
        DeviceInfo: {
            model: string;
            name: string;
        };
        /** @description Devices, newest first. */
        DeviceList: {
            devices: components["schemas"]["DeviceView"][];
        };
        /** @description A device that this account has logged in with. */
        DeviceView: {
            current: boolean;
            device_id: string;
            enrolled_at: number;
            model: string;
            name: string;
            revoked_at: number | null;
        };
        /** @description The session of a login that its account's owner has not made. */
        DisownedLogin: {
            /** @description whether this call ended it; false if it had ended before */
            ended: boolean;
            session_id: string;
        };
        /** @description The divisions directly below one, or those found by a name. */
        DivisionList: {
            /** @description the day up to which the data has all changes, as YYYY-MM-DD */
            as_of: string;
            divisions: components["schemas"]["DivisionView"][];
            parent: string;
        };
        /** @description A division of GB/T 2260. */
        DivisionView: {
            code: string;
            /** @description of divisions that were renamed to it or merged into it */
            former_names: string[];
            /** @description from the province down */
            full_name: string;
            has_children: boolean;
            kind: string;
            name: string;
        };
        /** @description The number of ended sessions. */
        EndedSessions: {
            ended: number;
        };
        /** @description The device of a phone's session. */
        EnrolledDevice: {
            device_id: string;
            model: string;
            name: string;
        };
        /** @description A page of events, newest first; `next` is the `before` of the next page. */
        EventList: {
            events: components["schemas"]["EventView"][];
            next: string | null;
        };
        /** @description One audit event of the account: time, action, outcome, address. */
        EventView: {
            action: string;
            address: string;
            /** @description milliseconds of the gateway's clock */
            at: number;
            detail?: {
                [key: string]: string;
            } | null;
            device_id?: string | null;
            event_id: string;
            outcome: string;
            taxpayer_id?: string | null;
            ticket_id?: string | null;
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
        /** @description A field that the browser posts to the client. */
        FormField: {
            name: string;
            value: string;
        };
        /** @description A function of the client's menu. */
        FunctionView: {
            code: string;
            name_en: string;
            name_zh: string;
        };
        /** @description The person to authorize (by name and phone, or by name and document), the permission, and its end. */
        GrantBody: {
            id_number?: string | null;
            /** @default resident_id */
            id_type: components["schemas"]["IdType"];
            name: string;
            /** @default handle */
            permission: components["schemas"]["Permission"];
            phone?: string | null;
            /** @description on the WEB platform, to give `manage`: the code of POST /units/{taxpayer_id}/sms-codes */
            sms_code?: string | null;
            /** @description first day in force, in China, as YYYY-MM-DD; null is today */
            valid_from?: string | null;
            /** @description last day in force, in China, as YYYY-MM-DD; null is for ever */
            valid_until?: string | null;
        };
        /** @description The gateway's health. */
        Health: {
            status: string;
        };
        /**
         * @description A document for registration.
         * @enum {string}
         */
        IdType: "resident_id" | "passport" | "hk_macau_permit" | "taiwan_permit" | "foreign_permanent_resident";
        /** @description What a token is (RFC 7662 section 2.2). */
        IntrospectionAnswer: {
            acr?: string | null;
            active: boolean;
            aud?: string | null;
            client_id?: string | null;
            exp?: number | null;
            iat?: number | null;
            iss?: string | null;
            scope?: string | null;
            sid?: string | null;
            sub?: string | null;
            token_type?: string | null;
            username?: string | null;
        };
        /** @description A new ticket. The claim secret is told this once; `qr` is the text to draw, and a targeted ticket has none. */
        IssuedTicketAnswer: {
            claim_secret: string;
            /** @description milliseconds of the gateway's clock */
            expires_at: number;
            /** @description seconds */
            expires_in: number;
            qr?: string | null;
            /** @description where the QR rotates; `qr` is the present frame then */
            rotation?: components["schemas"]["RotationView"] | null;
            state: components["schemas"]["TicketState"];
            ticket_id: string;
            version: number;
        };
        /** @description Public keys (RFC 7517 section 5). */
        KeySetAnswer: {
            keys: {
                [key: string]: unknown;
            }[];
        };
        /** @description A login by declaration password alone, as before the cut-over. */
        LegacyLoginBody: {
            captcha?: components["schemas"]["CaptchaField"] | null;
            client?: components["schemas"]["ClientInfoBody"] | null;
            declaration_password: string;
            /** @description unified social credit code of 18 characters, or an older number of 15 */
            taxpayer_id: string;
        };
        /** @description A client's session after a claim or a login by password, and what to do next. */
        LoginAnswer: {
            access_token: string;
            /** @description null after a login by declaration password alone */
            account: components["schemas"]["AccountView"] | null;
            /** @description seconds */
            expires_in: number;
            /** @description `none` where a unit is verified already */
            next: components["schemas"]["NextStep"];
            /** @description token of this computer for its next login, where it is remembered */
            remembered?: string | null;
            /** @description milliseconds of the gateway's clock */
            server_time: number;
            /** @default Bearer */
            token_type: string;
            units: components["schemas"]["UnitView"][];
        };
        /**
         * @description Where somebody logged in, in a message about it.
         * @enum {string}
         */
        LoginChannel: "qr" | "targeted" | "client" | "web" | "phone";
        /** @description A ticket that is aimed at this phone's account, before somebody opens it or after this phone has. */
        LoginRequest: {
            /** @description the client's IP address, as the gateway sees it */
            address: string;
            at: number;
            client: components["schemas"]["ClientView"];
            client_unverified: boolean;
            expires_at: number;
            expires_in: number;
            requested_at: number;
            state: components["schemas"]["TicketState"];
            /** @description open it by `POST /tickets/{ticket_id}/scan`, as after a scan */
            ticket_id: string;
            version: number;
        };
        /** @description The requests that this phone may open, newest first; `next` is the `since` of the next call. */
        LoginRequestsAnswer: {
            /** @description milliseconds of the gateway's clock, while no new request is shown */
            blocked_until?: number | null;
            next: string;
            requests: components["schemas"]["LoginRequest"][];
        };
        /** @description A logout that a client asks for (OpenID Connect RP-Initiated Logout section 2). */
        LogoutForm: {
            client_id?: string | null;
            id_token_hint?: string | null;
            post_logout_redirect_uri?: string | null;
            state?: string | null;
        };
        /** @description What is open to this session's person. */
        MenuAnswer: {
            functions: components["schemas"]["FunctionView"][];
            unit: components["schemas"]["UnitView"];
        };
        /** @description The unit's new password: 8 to 15 characters, three or more classes. */
        NewDeclarationPasswordBody: {
            new_password: string;
            /** @description the device's one-time code; required on a phone */
            otp?: string | null;
            /** @description required on the WEB platform; see `sms-codes` */
            sms_code?: string | null;
        };
        /**
         * @description The next step of a client after its login: the ``next`` of a claim or a password login.
         * @enum {string}
         */
        NextStep: "verify_unit" | "bind_unit" | "none";
        /** @description An empty object. */
        Nothing: Record<string, unknown>;
        /** @description An empty object. */
        NothingBody: Record<string, unknown>;
        /**
         * @description What a message to a phone is about.
         * @enum {string}
         */
        Notice: "login" | "login_request" | "authorization_granted" | "authorization_changed" | "authorization_revoked" | "authorization_given_up" | "declaration_password_reset";
        /**
         * @description How a person ties the client's screen to the phone after the scan.
         * @enum {string}
         */
        NumberMatching: "off" | "show" | "require" | "choose" | "return";
        /** @description A refusal (RFC 6749 section 5.2). */
        OAuthErrorAnswer: {
            /** @description the phone has confirmed and shows digits: poll with them as `claim_code` */
            claim_code_required?: boolean | null;
            claim_tries_left?: number | null;
            error: string;
            error_description: string;
            /** @description the two digits that a device shows, where the phone needs them */
            number?: string | null;
        };
        /**
         * @description What a registered client may exchange for tokens (RFC 6749, RFC 8628, OpenID Connect CIBA Core 1.0).
         * @enum {string}
         */
        OAuthGrantType: "authorization_code" | "urn:ietf:params:oauth:grant-type:device_code" | "urn:openid:params:grant-type:ciba" | "refresh_token";
        /** @description The same for the owner's own phone, with the name in full. */
        OwnAccountView: {
            account_id: string;
            display_name: string;
            id_type: components["schemas"]["IdType"];
            login_name: string;
            name: string;
        };
        /** @description A login by account and password. */
        PasswordLoginBody: {
            captcha?: components["schemas"]["CaptchaField"] | null;
            client: components["schemas"]["ClientInfoBody"];
            identifier: string;
            password: string;
        };
        /** @description A login by account and password. */
        PasswordStepBody: {
            captcha?: components["schemas"]["CaptchaField"] | null;
            identifier: string;
            password: string;
            request: string;
        };
        /**
         * @description The permission that an authorization gives a person for a unit.
         * @enum {string}
         */
        Permission: "handle" | "manage";
        /** @description A person by name and document. */
        PersonBody: {
            id_number: string;
            id_type: components["schemas"]["IdType"];
            name: string;
        };
        /** @description A person, masked. */
        PersonView: {
            display_name: string;
            phone: string;
        };
        /** @description The phone that receives the SMS code. */
        PhoneBody: {
            phone: string;
        };
        /** @description A phone's session. `otp_secret` is base32 for TOTP (SHA-1, 6 digits, 30 s) by the gateway's clock. */
        PhoneLoginAnswer: {
            access_token: string;
            account: components["schemas"]["OwnAccountView"];
            device_id: string;
            /** @description seconds */
            expires_in: number;
            otp_secret: string;
            /** @description milliseconds of the gateway's clock */
            server_time: number;
            /** @default Bearer */
            token_type: string;
        };
        /** @description A login on the phone: phone number, login name or resident ID number, and the password. */
        PhoneLoginBody: {
            captcha?: components["schemas"]["CaptchaField"] | null;
            device: components["schemas"]["DeviceInfo"];
            identifier: string;
            password: string;
        };
        /** @description A message about a login to this account, about a request to log in to it, or about an authorization. */
        PhoneMessage: {
            address?: string | null;
            /** @description milliseconds of the gateway's clock */
            at: number;
            by?: string | null;
            channel?: components["schemas"]["LoginChannel"] | null;
            /** @description of a login: whether it is the session that reads this */
            current?: boolean | null;
            /** @description of a login: whether that session still lasts */
            in_force?: boolean | null;
            message_id: string;
            notice: components["schemas"]["Notice"];
            permission?: components["schemas"]["Permission"] | null;
            /** @description of a login: the session that it began */
            session_id?: string | null;
            taxpayer_id?: string | null;
            /** @description of a request to log in: the ticket to open */
            ticket_id?: string | null;
            unit_name?: string | null;
            valid_from?: string | null;
            valid_until?: string | null;
        };
        /** @description Messages, oldest first; `next` is the `since` for those that follow. */
        PhoneMessages: {
            messages: components["schemas"]["PhoneMessage"][];
            next: string;
        };
        /** @description A phone's session. */
        PhoneSessionView: {
            account: components["schemas"]["AccountView"];
            created_at: number;
            device: components["schemas"]["EnrolledDevice"];
            expires_at: number;
            server_time: number;
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
        /** @description All radicals, in the order of the Kangxi dictionary. */
        RadicalList: {
            radicals: components["schemas"]["RadicalView"][];
        };
        /** @description A radical; a simplified form is a separate radical. */
        RadicalView: {
            character: string;
            characters: number;
            most_strokes: number;
            radical: string;
            simplified_of: string | null;
            strokes: number;
            /** @description the stroke counts of whole characters under it */
            total_strokes: number[];
        };
        /** @description What this worker can do now; `parts` has `ok` for each working part. */
        Ready: {
            parts: {
                [key: string]: string;
            };
            status: string;
        };
        /** @description The new account; log in with it. */
        Registered: {
            account: components["schemas"]["RegisteredAccount"];
        };
        /** @description The new account, masked. */
        RegisteredAccount: {
            account_id: string;
            display_name: string;
            id_type: components["schemas"]["IdType"];
            login_name: string;
        };
        /** @description A registered client (RFC 7591 section 3.2.1). */
        RegistrationAnswer: {
            backchannel_client_notification_endpoint?: string | null;
            backchannel_logout_uri?: string | null;
            backchannel_token_delivery_mode: components["schemas"]["DeliveryMode"];
            client_id: string;
            client_id_issued_at: number;
            client_name: string;
            /** @description where it has to show one */
            client_secret?: string | null;
            /** @description 0: never */
            client_secret_expires_at?: number | null;
            grant_types: string[];
            id_token_signed_response_alg: string;
            post_logout_redirect_uris: string[];
            redirect_uris: string[];
            response_types: string[];
            token_endpoint_auth_method: string;
        };
        /** @description Step one of a registration, by one of two ways. */
        RegistrationBody: {
            consent: boolean;
            id_number: string;
            id_type: components["schemas"]["IdType"];
            name: string;
            /** @description of the hall; required for `hall_code` */
            registration_code?: string | null;
            /** @default hall_code */
            way: components["schemas"]["RegistrationWay"];
        };
        /**
         * @description What a registration under way needs next.
         * @enum {string}
         */
        RegistrationStep: "phone" | "completion";
        /** @description An unfinished registration. Until it expires, any browser can continue it. */
        RegistrationView: {
            expires_at: number;
            expires_in: number;
            phone?: string | null;
            registration_id: string;
            step: components["schemas"]["RegistrationStep"];
        };
        /**
         * @description How a person proves who they are at registration; the person chooses.
         * @enum {string}
         */
        RegistrationWay: "hall_code" | "face";
        /** @description Them, the one used last first. */
        RememberedComputersAnswer: {
            computers: components["schemas"]["RememberedComputerView"][];
        };
        /** @description A computer from which this account's phones may be asked for a login; times are the gateway's, milliseconds. */
        RememberedComputerView: {
            client_name: string;
            created_at: number;
            device_name: string;
            expires_at: number;
            network: string;
            remembered_id: string;
            used_at: number;
        };
        /** @description A wish for a ticket; `replaces` cancels the one shown until now. */
        RequestTicketBody: {
            client: components["schemas"]["ClientInfoBody"];
            /** @description the token of a remembered computer: its person's phones are asked; not beside `target` */
            remembered?: string | null;
            replaces?: components["schemas"]["TicketSecret"] | null;
            /** @description a phone number, login name or ID number: that account's phones are asked, and nobody scans */
            target?: string | null;
            /** @description the sender's span (W3C Trace Context), as REST has it in a header; an invalid one is ignored */
            traceparent?: string | null;
            /** @description beside `traceparent` */
            tracestate?: string | null;
        };
        /** @description Step three of a reset. */
        ResetCompletionBody: {
            new_password: string;
            sms_code: string;
        };
        /** @description Two ways to a new declaration password: `qr` is the text to draw for the app, `link` the WEB platform's page. */
        ResetOffer: {
            link: string;
            qr: string;
        };
        /** @description An unfinished reset; the same for existing and unknown people. */
        ResetView: {
            expires_at: number;
            expires_in: number;
            reset_id: string;
        };
        /**
         * @description A person's role at a unit.
         * @enum {string}
         */
        Role: "legal_representative" | "finance_manager" | "tax_agent";
        /**
         * @description What a client draws the frames of a rotating QR from: each period's text ends in `.STEP.MAC`.
         *
         *     STEP is the moment divided by the period, and MAC the base64url of the first 9 bytes of HMAC-SHA-256 over
         *     `TICKET_ID.STEP`.
         */
        RotationView: {
            /** @description milliseconds of the gateway's clock */
            now: number;
            period_ms: number;
            /** @description the key of the HMAC, as text */
            secret: string;
        };
        /** @description What a rotating QR held beside the ticket's id: `STEP.MAC`. */
        ScanBody: {
            frame?: string | null;
        };
        /** @description Who scanned, masked. */
        ScannedByView: {
            display_name: string;
            initial?: string | null;
        };
        /**
         * @description Who holds a session.
         * @enum {string}
         */
        SessionKind: "phone" | "client" | "web";
        /** @description Sessions, newest first. */
        SessionList: {
            sessions: components["schemas"]["SessionView"][];
        };
        /** @description A session of this account, on whatever channel; times in milliseconds of the gateway's clock. */
        SessionView: {
            address: string;
            created_at: number;
            current: boolean;
            device_id?: string | null;
            device_name: string;
            expires_at: number;
            kind: components["schemas"]["SessionKind"];
            last_seen: number;
            session_id: string;
        };
        /**
         * @description How tokens are signed (RFC 7518 section 3.1).
         * @enum {string}
         */
        SigningAlgorithm: "ES256" | "RS256";
        /** @description The gateway has sent a code, if there is a phone for it. */
        SmsSent: {
            /** @description seconds that the code is valid */
            expires_in: number;
            phone?: string | null;
            /** @description seconds until another code may be requested */
            resend_in: number;
        };
        /**
         * @description The stage of a client's session.
         * @enum {string}
         */
        Stage: "logged_in" | "unit_verified";
        /** @description Where the browser goes next: to `location`, to it by a form with `fields`, or on to one of the `units`. */
        StepAnswer: {
            account?: components["schemas"]["AccountView"] | null;
            fields?: components["schemas"]["FormField"][] | null;
            location?: string | null;
            units?: components["schemas"]["UnitView"][] | null;
        };
        /** @description The ticket after the phone's action. */
        TicketAfterAction: {
            at: number;
            claim_code?: string | null;
            expires_at?: number | null;
            expires_in?: number | null;
            reason?: components["schemas"]["TicketReason"] | null;
            state: components["schemas"]["TicketState"];
            ticket_id: string;
            version: number;
        };
        /**
         * @description Why a ticket was rejected or cancelled.
         * @enum {string}
         */
        TicketReason: "rejected_on_phone" | "phone_logged_out" | "too_many_tries" | "wrong_number" | "cancelled_by_client" | "replaced" | "login_unavailable";
        /** @description A ticket and the secret that makes it the caller's. */
        TicketSecret: {
            claim_secret: string;
            ticket_id: string;
            /** @description the sender's span (W3C Trace Context), as REST has it in a header; an invalid one is ignored */
            traceparent?: string | null;
            /** @description beside `traceparent` */
            tracestate?: string | null;
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
        /** @description A wish for a QR. */
        TicketStepBody: {
            replaces?: components["schemas"]["TicketSecret"] | null;
            request: string;
        };
        /** @description Tokens (RFC 6749 section 5.1). */
        TokenAnswer: {
            access_token: string;
            expires_in: number;
            id_token?: string | null;
            refresh_token?: string | null;
            scope: string;
            token_type: string;
        };
        /** @description What is exchanged for tokens. */
        TokenForm: {
            auth_req_id?: string | null;
            claim_code?: string | null;
            client_id?: string | null;
            client_secret?: string | null;
            code?: string | null;
            code_verifier?: string | null;
            device_code?: string | null;
            grant_type: components["schemas"]["OAuthGrantType"];
            redirect_uri?: string | null;
            refresh_token?: string | null;
            scope?: string | null;
        };
        /** @description A token, to ask about or to revoke. */
        TokenQuestionForm: {
            client_id?: string | null;
            client_secret?: string | null;
            token: string;
            token_type_hint?: string | null;
        };
        /** @description Units, by name. */
        UnitList: {
            units: components["schemas"]["UnitView"][];
        };
        /** @description The action that the code is for. */
        UnitSmsBody: {
            /** @enum {string} */
            purpose: "declaration_password" | "authorization";
        };
        /**
         * @description A unit's status at the tax office.
         * @enum {string}
         */
        UnitStatus: "normal" | "abnormal" | "deregistered";
        /** @description A unit verification; `bind` is for a unit that the account is not bound to yet. */
        UnitStepBody: {
            /** @default false */
            bind: boolean;
            captcha?: components["schemas"]["CaptchaField"] | null;
            declaration_password?: string | null;
            request: string;
            /** @description unified social credit code of 18 characters, or an older number of 15 */
            taxpayer_id: string;
        };
        /** @description A unit as this account may act for it. */
        UnitView: {
            name: string;
            password_required: boolean;
            permission?: components["schemas"]["Permission"] | null;
            roles: components["schemas"]["Role"][];
            status: components["schemas"]["UnitStatus"];
            taxpayer_id: string;
            /** @description `binding`, `authorization`, `role` (a head where heads need no password); empty for a head who has not bound the unit; `legacy` for a login by declaration password alone */
            via: components["schemas"]["Via"][];
        };
        /** @description The ticket that a user code stands for. */
        UserCodeAnswer: {
            ticket_id: string;
        };
        /** @description A user code, as a person types it. */
        UserCodeBody: {
            user_code: string;
        };
        /** @description The person, as far as the token's scope tells (OpenID Connect Core section 5.3.2). */
        UserInfoAnswer: {
            name?: string | null;
            phone_number?: string | null;
            phone_number_verified?: boolean | null;
            preferred_username?: string | null;
            stage?: string | null;
            sub: string;
            unit?: {
                [key: string]: unknown;
            } | null;
        };
        /** @description The access token, where it is not in the header (RFC 6750 section 2.2). */
        UserInfoForm: {
            access_token?: string | null;
        };
        /** @description The declaration password; not needed with an authorization in force. */
        VerificationBody: {
            captcha?: components["schemas"]["CaptchaField"] | null;
            declaration_password?: string | null;
        };
        /**
         * @description How an account may act for a unit.
         * @enum {string}
         */
        Via: "binding" | "authorization" | "role" | "legacy";
        /** @description A session of the WEB platform. */
        WebLoginAnswer: {
            access_token: string;
            account: components["schemas"]["AccountView"];
            /** @description seconds */
            expires_in: number;
            /** @description milliseconds of the gateway's clock */
            server_time: number;
            /** @default Bearer */
            token_type: string;
        };
        /** @description A login on the WEB platform. */
        WebLoginBody: {
            captcha?: components["schemas"]["CaptchaField"] | null;
            identifier: string;
            password: string;
        };
        /** @description A session of the WEB platform. */
        WebSessionView: {
            account: components["schemas"]["AccountView"];
            created_at: number;
            expires_at: number;
            server_time: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type AccountView = components['schemas']['AccountView'];
export type AuthorizationList = components['schemas']['AuthorizationList'];
export type AuthorizationView = components['schemas']['AuthorizationView'];
export type AuthorizeForm = components['schemas']['AuthorizeForm'];
export type BackchannelAuthenticationAnswer = components['schemas']['BackchannelAuthenticationAnswer'];
export type BackchannelAuthenticationForm = components['schemas']['BackchannelAuthenticationForm'];
export type BindingBody = components['schemas']['BindingBody'];
export type BlockAnswer = components['schemas']['BlockAnswer'];
export type BlockBody = components['schemas']['BlockBody'];
export type CaptchaBody = components['schemas']['CaptchaBody'];
export type CaptchaField = components['schemas']['CaptchaField'];
export type CaptchaView = components['schemas']['CaptchaView'];
export type ChangeBody = components['schemas']['ChangeBody'];
export type CharacterList = components['schemas']['CharacterList'];
export type CharacterView = components['schemas']['CharacterView'];
export type ClaimBody = components['schemas']['ClaimBody'];
export type ClaimStepBody = components['schemas']['ClaimStepBody'];
export type ClientInfoBody = components['schemas']['ClientInfoBody'];
export type ClientRegistrationBody = components['schemas']['ClientRegistrationBody'];
export type ClientSessionView = components['schemas']['ClientSessionView'];
export type ClientView = components['schemas']['ClientView'];
export type Code = components['schemas']['Code'];
export type CompletionBody = components['schemas']['CompletionBody'];
export type ConfirmBody = components['schemas']['ConfirmBody'];
export type ConfirmPage = components['schemas']['ConfirmPage'];
export type DeliveryMode = components['schemas']['DeliveryMode'];
export type DeviceAuthorizationAnswer = components['schemas']['DeviceAuthorizationAnswer'];
export type DeviceAuthorizationForm = components['schemas']['DeviceAuthorizationForm'];
export type DeviceInfo = components['schemas']['DeviceInfo'];
export type DeviceList = components['schemas']['DeviceList'];
export type DeviceView = components['schemas']['DeviceView'];
export type DisownedLogin = components['schemas']['DisownedLogin'];
export type DivisionList = components['schemas']['DivisionList'];
export type DivisionView = components['schemas']['DivisionView'];
export type EndedSessions = components['schemas']['EndedSessions'];
export type EnrolledDevice = components['schemas']['EnrolledDevice'];
export type EventList = components['schemas']['EventList'];
export type EventView = components['schemas']['EventView'];
export type FieldError = components['schemas']['FieldError'];
export type FieldRule = components['schemas']['FieldRule'];
export type FormField = components['schemas']['FormField'];
export type FunctionView = components['schemas']['FunctionView'];
export type GrantBody = components['schemas']['GrantBody'];
export type Health = components['schemas']['Health'];
export type IdType = components['schemas']['IdType'];
export type IntrospectionAnswer = components['schemas']['IntrospectionAnswer'];
export type IssuedTicketAnswer = components['schemas']['IssuedTicketAnswer'];
export type KeySetAnswer = components['schemas']['KeySetAnswer'];
export type LegacyLoginBody = components['schemas']['LegacyLoginBody'];
export type LoginAnswer = components['schemas']['LoginAnswer'];
export type LoginChannel = components['schemas']['LoginChannel'];
export type LoginRequest = components['schemas']['LoginRequest'];
export type LoginRequestsAnswer = components['schemas']['LoginRequestsAnswer'];
export type LogoutForm = components['schemas']['LogoutForm'];
export type MenuAnswer = components['schemas']['MenuAnswer'];
export type NewDeclarationPasswordBody = components['schemas']['NewDeclarationPasswordBody'];
export type NextStep = components['schemas']['NextStep'];
export type Nothing = components['schemas']['Nothing'];
export type NothingBody = components['schemas']['NothingBody'];
export type Notice = components['schemas']['Notice'];
export type NumberMatching = components['schemas']['NumberMatching'];
export type OAuthErrorAnswer = components['schemas']['OAuthErrorAnswer'];
export type OAuthGrantType = components['schemas']['OAuthGrantType'];
export type OwnAccountView = components['schemas']['OwnAccountView'];
export type PasswordLoginBody = components['schemas']['PasswordLoginBody'];
export type PasswordStepBody = components['schemas']['PasswordStepBody'];
export type Permission = components['schemas']['Permission'];
export type PersonBody = components['schemas']['PersonBody'];
export type PersonView = components['schemas']['PersonView'];
export type PhoneBody = components['schemas']['PhoneBody'];
export type PhoneLoginAnswer = components['schemas']['PhoneLoginAnswer'];
export type PhoneLoginBody = components['schemas']['PhoneLoginBody'];
export type PhoneMessage = components['schemas']['PhoneMessage'];
export type PhoneMessages = components['schemas']['PhoneMessages'];
export type PhoneSessionView = components['schemas']['PhoneSessionView'];
export type ProblemDocument = components['schemas']['ProblemDocument'];
export type RadicalList = components['schemas']['RadicalList'];
export type RadicalView = components['schemas']['RadicalView'];
export type Ready = components['schemas']['Ready'];
export type Registered = components['schemas']['Registered'];
export type RegisteredAccount = components['schemas']['RegisteredAccount'];
export type RegistrationAnswer = components['schemas']['RegistrationAnswer'];
export type RegistrationBody = components['schemas']['RegistrationBody'];
export type RegistrationStep = components['schemas']['RegistrationStep'];
export type RegistrationView = components['schemas']['RegistrationView'];
export type RegistrationWay = components['schemas']['RegistrationWay'];
export type RememberedComputersAnswer = components['schemas']['RememberedComputersAnswer'];
export type RememberedComputerView = components['schemas']['RememberedComputerView'];
export type RequestTicketBody = components['schemas']['RequestTicketBody'];
export type ResetCompletionBody = components['schemas']['ResetCompletionBody'];
export type ResetOffer = components['schemas']['ResetOffer'];
export type ResetView = components['schemas']['ResetView'];
export type Role = components['schemas']['Role'];
export type RotationView = components['schemas']['RotationView'];
export type ScanBody = components['schemas']['ScanBody'];
export type ScannedByView = components['schemas']['ScannedByView'];
export type SessionKind = components['schemas']['SessionKind'];
export type SessionList = components['schemas']['SessionList'];
export type SessionView = components['schemas']['SessionView'];
export type SigningAlgorithm = components['schemas']['SigningAlgorithm'];
export type SmsSent = components['schemas']['SmsSent'];
export type Stage = components['schemas']['Stage'];
export type StepAnswer = components['schemas']['StepAnswer'];
export type TicketAfterAction = components['schemas']['TicketAfterAction'];
export type TicketReason = components['schemas']['TicketReason'];
export type TicketSecret = components['schemas']['TicketSecret'];
export type TicketState = components['schemas']['TicketState'];
export type TicketStateAnswer = components['schemas']['TicketStateAnswer'];
export type TicketStepBody = components['schemas']['TicketStepBody'];
export type TokenAnswer = components['schemas']['TokenAnswer'];
export type TokenForm = components['schemas']['TokenForm'];
export type TokenQuestionForm = components['schemas']['TokenQuestionForm'];
export type UnitList = components['schemas']['UnitList'];
export type UnitSmsBody = components['schemas']['UnitSmsBody'];
export type UnitStatus = components['schemas']['UnitStatus'];
export type UnitStepBody = components['schemas']['UnitStepBody'];
export type UnitView = components['schemas']['UnitView'];
export type UserCodeAnswer = components['schemas']['UserCodeAnswer'];
export type UserCodeBody = components['schemas']['UserCodeBody'];
export type UserInfoAnswer = components['schemas']['UserInfoAnswer'];
export type UserInfoForm = components['schemas']['UserInfoForm'];
export type VerificationBody = components['schemas']['VerificationBody'];
export type Via = components['schemas']['Via'];
export type WebLoginAnswer = components['schemas']['WebLoginAnswer'];
export type WebLoginBody = components['schemas']['WebLoginBody'];
export type WebSessionView = components['schemas']['WebSessionView'];
export type $defs = Record<string, never>;
type FlattenedDeepRequired<T> = {
    [K in keyof T]-?: FlattenedDeepRequired<T[K] extends unknown[] | undefined | null ? Extract<T[K], unknown[]>[number] : T[K]>;
};
type ReadonlyArray<T> = [
    Exclude<T, undefined>
] extends [
    unknown[]
] ? Readonly<Exclude<T, undefined>> : Readonly<Exclude<T, undefined>[]>;
export const clientRegistrationBodyToken_endpoint_auth_methodValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["ClientRegistrationBody"]["token_endpoint_auth_method"]> = ["client_secret_basic", "client_secret_post", "none"];
export const codeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Code"]> = ["malformed_request", "invalid_request", "body_too_large", "unsupported_media_type", "method_not_allowed", "not_found", "origin_refused", "rate_limited", "slow_down", "unavailable", "not_acknowledged", "internal_error", "unauthenticated", "forbidden", "too_many_tickets", "targeted_tickets_off", "remembered_invalid", "ticket_not_found", "ticket_expired", "ticket_taken", "ticket_wrong_state", "ticket_not_confirmed", "ticket_spent", "ticket_rejected", "ticket_cancelled", "otp_invalid", "otp_tries_exhausted", "number_mismatch", "qr_stale", "qr_rotates", "claim_code_required", "claim_code_invalid", "login_unavailable", "invalid_credentials", "captcha_required", "captcha_invalid", "account_locked", "account_disabled", "consent_required", "face_not_recognized", "registration_code_invalid", "registration_code_expired", "registration_code_spent", "registration_not_found", "registration_expired", "reset_not_found", "reset_expired", "sms_code_invalid", "sms_code_expired", "login_name_taken", "phone_taken", "document_taken", "unit_verification_required", "unit_not_found", "unit_locked", "unit_abnormal", "unit_deregistered", "unit_credentials_invalid", "declaration_password_required", "declaration_password_invalid", "legacy_login_closed", "authorization_closed", "authorization_not_found", "authorization_exists", "authorization_limit", "person_not_found", "not_in_seed"];
export const deliveryModeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["DeliveryMode"]> = ["poll", "ping", "push"];
export const fieldRuleValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["FieldRule"]> = ["missing", "unknown_field", "too_long", "too_short", "text_expected", "number_expected", "whole_number_expected", "boolean_expected", "object_expected", "list_expected", "pattern", "one_of", "at_least", "at_most", "above", "below", "nul_character", "unfit", "label_hidden_character", "label_blank", "login_name_length", "login_name_characters", "login_name_digits_alone", "password_length", "password_white_space", "password_classes", "password_reused", "resident_id_form", "passport_form", "hk_macau_permit_form", "taiwan_permit_form", "foreign_permanent_resident_form", "id_number_province", "id_number_check_digit", "id_number_birth_date", "id_number_age", "name_length", "name_character", "name_ends", "name_dots", "phone_form", "division_unknown", "face_needs_resident_id", "taxpayer_id_length", "credit_code_form", "credit_code_check_digit", "organization_code_form", "organization_code_check_digit", "individual_business_form", "individual_business_check_digit", "person_by_one", "authorize_oneself", "day_past", "day_unknown", "day_order", "otp_needed", "sms_code_needed", "seed_password_or_hash", "seed_unit_unknown", "seed_account_unknown", "seed_twice", "address_form", "captcha_purpose", "clock_end", "fault_without_route", "fault_without_state", "fault_one_occasion", "fault_duration", "fault_for_all", "fault_probability"];
export const idTypeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["IdType"]> = ["resident_id", "passport", "hk_macau_permit", "taiwan_permit", "foreign_permanent_resident"];
export const loginChannelValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["LoginChannel"]> = ["qr", "targeted", "client", "web", "phone"];
export const nextStepValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["NextStep"]> = ["verify_unit", "bind_unit", "none"];
export const noticeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Notice"]> = ["login", "login_request", "authorization_granted", "authorization_changed", "authorization_revoked", "authorization_given_up", "declaration_password_reset"];
export const numberMatchingValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["NumberMatching"]> = ["off", "show", "require", "choose", "return"];
export const oAuthGrantTypeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["OAuthGrantType"]> = ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code", "urn:openid:params:grant-type:ciba", "refresh_token"];
export const permissionValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Permission"]> = ["handle", "manage"];
export const registrationStepValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["RegistrationStep"]> = ["phone", "completion"];
export const registrationWayValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["RegistrationWay"]> = ["hall_code", "face"];
export const roleValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Role"]> = ["legal_representative", "finance_manager", "tax_agent"];
export const sessionKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["SessionKind"]> = ["phone", "client", "web"];
export const signingAlgorithmValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["SigningAlgorithm"]> = ["ES256", "RS256"];
export const stageValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Stage"]> = ["logged_in", "unit_verified"];
export const ticketReasonValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["TicketReason"]> = ["rejected_on_phone", "phone_logged_out", "too_many_tries", "wrong_number", "cancelled_by_client", "replaced", "login_unavailable"];
export const ticketStateValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["TicketState"]> = ["pending", "scanned", "confirmed", "claimed", "rejected", "cancelled", "expired"];
export const unitSmsBodyPurposeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["UnitSmsBody"]["purpose"]> = ["declaration_password", "authorization"];
export const unitStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["UnitStatus"]> = ["normal", "abnormal", "deregistered"];
export const viaValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Via"]> = ["binding", "authorization", "role", "legacy"];
export type operations = Record<string, never>;
