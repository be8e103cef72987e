// Made by `npm run types` from openapi.json; do not edit.

/** An account, as its owner's programs may show it: masked. */
export interface AccountView {
  account_id: string;
  display_name: string;
  id_type: string;
  login_name: string;
}

/** Authorizations in force, oldest first. */
export interface AuthorizationList {
  authorizations: AuthorizationView[];
}

/** An authorization in force. */
export interface AuthorizationView {
  authorization_id: string;
  /** milliseconds of the gateway's clock */
  granted_at: number;
  /** masked name */
  granted_by: string;
  /** `handle` (办税) or `manage` (管理: may grant `handle`) */
  permission: string;
  person: PersonView;
  taxpayer_id: string;
  unit_name: string;
  /** last day in force, in China, as YYYY-MM-DD; null is for ever */
  valid_until: string | null;
}

/** A unit and its declaration password. */
export interface BindingBody {
  captcha?: CaptchaField | null;
  declaration_password: string;
  /** unified social credit code of 18 characters, or an older number of 15 */
  taxpayer_id: string;
}

/** What the captcha is for, one of the two: it serves that attempt alone. */
export interface CaptchaBody {
  /** A login of this phone number, login name or ID number. */
  identifier?: string | null;
  /** A declaration password of this unit. */
  taxpayer_id?: string | null;
}

/** The answer to a captcha; due after a wrong password. */
export interface CaptchaField {
  answer: string;
  captcha_id: string;
}

/** A captcha: serves once, for five minutes. */
export interface CaptchaView {
  captcha_id: string;
  content_type?: string;
  /** milliseconds of the gateway's clock */
  expires_at: number;
  /** seconds */
  expires_in: number;
  /** PNG of 160 x 60 pixels, base64 */
  image: string;
}

/** What to change; what is left out stays. */
export interface ChangeBody {
  permission?: "handle" | "manage" | null;
  /** last day in force, in China, as YYYY-MM-DD; null is for ever */
  valid_until?: string | null;
}

/** A page of characters; `next` is the offset of the next page. */
export interface CharacterList {
  characters: CharacterView[];
  next: number | null;
  radical: string;
  total: number;
}

/** A character, its code point, strokes beside the radical and in all. */
export interface CharacterView {
  character: string;
  codepoint: string;
  strokes: number;
  total_strokes: number;
}

/** What the client says of itself; shown on the phone as unverified. */
export interface ClientInfoBody {
  /** host name */
  device: string;
  name: string;
  version: string;
}

/** A client's session; `unit` is null until a unit is verified. */
export interface ClientSessionView {
  /** null for a login by declaration password alone */
  account: AccountView | null;
  created_at: number;
  expires_at: number;
  server_time: number;
  /** `logged_in` or `unit_verified` */
  stage: string;
  unit: UnitView | null;
}

/** What the client said of itself. */
export interface ClientView {
  device: string;
  name: string;
  version: string;
}

/** Step three of a registration. */
export interface CompletionBody {
  household_division: string;
  login_name: string;
  password: string;
  phone: string;
  sms_code: string;
}

/** The device's one-time code, and the two digits on the client's screen where they are required. */
export interface ConfirmBody {
  number?: string | null;
  otp: string;
}

/** What the phone must show before it lets a person confirm. */
export interface ConfirmPage {
  /** the client's IP address, as the gateway saw it */
  address: string;
  client: ClientView;
  client_unverified?: boolean;
  expires_at?: number | null;
  expires_in?: number | null;
  number?: string | null;
  number_matching: string;
  requested_at: number;
  /** whether the phone's own address is the same */
  same_address: boolean;
  state: string;
  ticket_id: string;
  version: number;
}

/** The phone itself. */
export interface DeviceInfo {
  model: string;
  name: string;
}

/** Devices, newest first. */
export interface DeviceList {
  devices: DeviceView[];
}

/** A device that this account has logged in with. */
export interface DeviceView {
  current: boolean;
  device_id: string;
  enrolled_at: number;
  model: string;
  name: string;
  revoked_at: number | null;
}

/** The divisions right below one. */
export interface DivisionList {
  divisions: DivisionView[];
  parent: string;
}

/** A division of GB/T 2260. */
export interface DivisionView {
  code: string;
  has_children: boolean;
  kind: string;
  name: string;
}

/** How many sessions were ended. */
export interface EndedSessions {
  ended: number;
}

/** The device that a phone's session belongs to. */
export interface EnrolledDevice {
  device_id: string;
  model: string;
  name: string;
}

/** A page of events, newest first; `next` is the `before` of the next page. */
export interface EventList {
  events: EventView[];
  next: string | null;
}

/** One step that was done in the account's name: when, what, with what outcome, from where. */
export interface EventView {
  action: string;
  address: string;
  /** milliseconds of the gateway's clock */
  at: number;
  detail?: Record<string, unknown> | null;
  device_id?: string | null;
  event_id: string;
  outcome: string;
  taxpayer_id?: string | null;
  ticket_id?: string | null;
}

/** A function of the client's menu. */
export interface FunctionView {
  code: string;
  name_en: string;
  name_zh: string;
}

/** Whom to authorize, by name and phone, or by name and document; for what, and until when. */
export interface GrantBody {
  id_number?: string | null;
  id_type?: "resident_id" | "passport" | "hk_macau_permit" | "taiwan_permit" | "foreign_permanent_resident";
  name: string;
  permission?: "handle" | "manage";
  phone?: string | null;
  /** last day in force, in China, as YYYY-MM-DD; null is for ever */
  valid_until?: string | null;
}

/** How the gateway is. */
export interface Health {
  status: string;
}

/** A new ticket. The claim secret is told this once; `qr` is the text to draw. */
export interface IssuedTicketAnswer {
  claim_secret: string;
  /** milliseconds of the gateway's clock */
  expires_at: number;
  /** seconds */
  expires_in: number;
  qr: string;
  state: string;
  ticket_id: string;
  version: number;
}

/** A login by declaration password alone, as before the cut-over. */
export interface LegacyLoginBody {
  captcha?: CaptchaField | null;
  client?: ClientInfoBody | null;
  declaration_password: string;
  /** unified social credit code of 18 characters, or an older number of 15 */
  taxpayer_id: string;
}

/** A client's session after a claim or a login by password, and what to do next. */
export interface LoginAnswer {
  access_token: string;
  /** null for a login by declaration password alone */
  account: AccountView | null;
  /** seconds */
  expires_in: number;
  /** `verify_unit`, `bind_unit`, or `none` where a unit is verified already */
  next: string;
  /** milliseconds of the gateway's clock */
  server_time: number;
  token_type?: string;
  units: UnitView[];
}

/** What is open to this session's person. */
export interface MenuAnswer {
  functions: FunctionView[];
  unit: UnitView;
}

/** The unit's new password: 8 to 15 characters, three or more classes. */
export interface NewDeclarationPasswordBody {
  new_password: string;
  /** the device's one-time code; needed from a phone */
  otp?: string | null;
}

/** An empty object. */
export interface Nothing {
}

/** An empty object. */
export interface NothingBody {
}

/** A login by account and password. */
export interface PasswordLoginBody {
  captcha?: CaptchaField | null;
  client: ClientInfoBody;
  identifier: string;
  password: string;
}

/** A person by name and document. */
export interface PersonBody {
  id_number: string;
  id_type: "resident_id" | "passport" | "hk_macau_permit" | "taiwan_permit" | "foreign_permanent_resident";
  name: string;
}

/** A person, masked. */
export interface PersonView {
  display_name: string;
  phone: string;
}

/** The phone that an SMS code goes to. */
export interface PhoneBody {
  phone: string;
}

/** A phone's session. `otp_secret` is base32 for TOTP (SHA-1, 6 digits, 30 s) by the gateway's clock. */
export interface PhoneLoginAnswer {
  access_token: string;
  account: AccountView;
  device_id: string;
  /** seconds */
  expires_in: number;
  otp_secret: string;
  /** milliseconds of the gateway's clock */
  server_time: number;
  token_type?: string;
}

/** A login on the phone: phone number, login name or resident ID number, and the password. */
export interface PhoneLoginBody {
  captcha?: CaptchaField | null;
  device: DeviceInfo;
  identifier: string;
  password: string;
}

/** A message: a login with this account, or what was granted to it, changed, or ended. */
export interface PhoneMessage {
  address?: string | null;
  /** milliseconds of the gateway's clock */
  at: number;
  by?: string | null;
  channel?: string | null;
  message_id: string;
  /** `login`, `authorization_granted`, `authorization_changed`, `authorization_revoked`, `authorization_given_up` or `declaration_password_reset` */
  notice: string;
  permission?: string | null;
  taxpayer_id?: string | null;
  unit_name?: string | null;
  valid_until?: string | null;
}

/** Messages, oldest first; `next` is the `since` for those that follow. */
export interface PhoneMessages {
  messages: PhoneMessage[];
  next: string;
}

/** A phone's session. */
export interface PhoneSessionView {
  account: AccountView;
  created_at: number;
  device: EnrolledDevice;
  expires_at: number;
  server_time: number;
}

/** RFC 9457 problem document; `code` is stable, `detail` is for people. */
export interface ProblemDocument {
  code: string;
  detail: string;
  status: number;
  title: string;
  type: string;
}

/** All radicals, in the order of the Kangxi dictionary. */
export interface RadicalList {
  radicals: RadicalView[];
}

/** A radical; a simplified form is a radical of its own. */
export interface RadicalView {
  character: string;
  characters: number;
  most_strokes: number;
  radical: string;
  simplified_of: string | null;
  strokes: number;
}

/** The account is made; log in with it. */
export interface Registered {
  account: RegisteredAccount;
}

/** The new account, masked. */
export interface RegisteredAccount {
  account_id: string;
  display_name: string;
  id_type: string;
  login_name: string;
}

/** Step one of a registration. */
export interface RegistrationBody {
  consent: boolean;
  id_number: string;
  id_type: "resident_id" | "passport" | "hk_macau_permit" | "taiwan_permit" | "foreign_permanent_resident";
  name: string;
  registration_code: string;
}

/** A registration under way; it can be gone on with, also elsewhere, until it expires. */
export interface RegistrationView {
  expires_at: number;
  expires_in: number;
  phone?: string | null;
  registration_id: string;
  step: "phone" | "completion";
}

/** A wish for a ticket; `replaces` cancels the one shown until now. */
export interface RequestTicketBody {
  client: ClientInfoBody;
  replaces?: TicketSecret | null;
}

/** Step three of a reset. */
export interface ResetCompletionBody {
  new_password: string;
  sms_code: string;
}

/** Two ways to a new declaration password: `qr` is the text to draw for the app, `link` the WEB platform's page. */
export interface ResetOffer {
  link: string;
  qr: string;
}

/** A reset under way; the same whether or not there is such a person. */
export interface ResetView {
  expires_at: number;
  expires_in: number;
  reset_id: string;
}

/** Who scanned, masked. */
export interface ScannedByView {
  display_name: string;
  initial?: string | null;
}

/** Sessions, newest first. */
export interface SessionList {
  sessions: SessionView[];
}

/** A session of this account, on whatever channel; times in milliseconds of the gateway's clock. */
export interface SessionView {
  address: string;
  created_at: number;
  current: boolean;
  device_id?: string | null;
  device_name: string;
  expires_at: number;
  /** `phone`, `client` or `web` */
  kind: string;
  last_seen: number;
  session_id: string;
}

/** A code is on its way, if there is a phone to send it to. */
export interface SmsSent {
  /** seconds that the code is valid */
  expires_in: number;
  phone?: string | null;
  /** seconds until another may be asked for */
  resend_in: number;
}

/** The ticket after the phone's action. */
export interface TicketAfterAction {
  at: number;
  expires_at?: number | null;
  expires_in?: number | null;
  reason?: string | null;
  state: string;
  ticket_id: string;
  version: number;
}

/** A ticket and the secret that makes it the caller's. */
export interface TicketSecret {
  claim_secret: string;
  ticket_id: string;
}

/** A ticket's state; the body of `ticket_state` too. */
export interface TicketStateAnswer {
  /** milliseconds of the gateway's clock, of the last change */
  at: number;
  expires_at?: number | null;
  expires_in?: number | null;
  number?: string | null;
  reason?: string | null;
  scanned_by?: ScannedByView | null;
  state: string;
  ticket_id: string;
  version: number;
}

/** Units, by name. */
export interface UnitList {
  units: UnitView[];
}

/** A unit as this account may act for it. */
export interface UnitView {
  name: string;
  password_required: boolean;
  permission?: string | null;
  /** `legal_representative`, `finance_manager`, `tax_agent` */
  roles: string[];
  /** `normal`, `abnormal` or `deregistered` */
  status: string;
  taxpayer_id: string;
  /** `binding`, `authorization`, or both; `legacy` before the cut-over */
  via: string[];
}

/** The declaration password; not needed with an authorization in force. */
export interface VerificationBody {
  captcha?: CaptchaField | null;
  declaration_password?: string | null;
}

/** A session of the WEB platform. */
export interface WebLoginAnswer {
  access_token: string;
  account: AccountView;
  /** seconds */
  expires_in: number;
  /** milliseconds of the gateway's clock */
  server_time: number;
  token_type?: string;
}

/** A login on the WEB platform. */
export interface WebLoginBody {
  captcha?: CaptchaField | null;
  identifier: string;
  password: string;
}

/** A session of the WEB platform. */
export interface WebSessionView {
  account: AccountView;
  created_at: number;
  expires_at: number;
  server_time: number;
}
