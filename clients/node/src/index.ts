// The public API: everything that a test imports from "scan-to-login".
export type { Client } from "./client.ts";
export type { Clock, Control, Fault, Faults, Journal, SmsOutbox } from "./control.ts";
export type { ClaimOptions, ClientOfGateway, ClientsOfGateway } from "./control-clients.ts";
export type { Captchas, Hall, Locks, QrLogin, QrLoginOff } from "./control-people.ts";
export type { LaterOptions, PhoneOfGateway, PhonesOfGateway } from "./control-phones.ts";
export type {
  ClockView,
  FaultBody,
  FaultKind,
  JournalEntry,
  LockView,
  MessageView,
  NewClient,
  NewPhone,
  Participant,
  Persona as PhonePersona,
  Seed,
  SeedAccount,
  SeedUnit,
  SessionSeen,
  ShownActions,
  ShownClient,
  ShownConfirmPage,
  ShownLogin,
  ShownLoginRequest,
  ShownPhone,
  ShownSession,
  ShownTicket,
  ShownUnit,
  TicketStateAnswer,
} from "./control-schema.ts";
export type * from "./control-types.ts";
export { type OwnCode, PairingError } from "./errors.ts";
export type { Gateway, PhoneOptions } from "./gateway.ts";
export type { CallOptions, Method } from "./http.ts";
export type { ConfirmOptions, Phone, PhoneLogin, WaitingOptions } from "./phone.ts";
export type {
  AccountView,
  CaptchaField,
  CaptchaView,
  ClientInfoBody,
  ClientSessionView,
  Code,
  ConfirmPage,
  DeviceInfo,
  DeviceView,
  FieldError,
  LoginRequest,
  NextStep,
  OwnAccountView,
  PhoneMessage,
  PhoneSessionView,
  ScannedByView,
  Stage,
  TicketAfterAction,
  TicketReason,
  TicketState,
  UnitView,
} from "./schema.ts";
export type { Session, UnitOptions } from "./session.ts";
export { type GatewayOptions, startGateway } from "./start.ts";
export type { Ticket, WaitOptions } from "./ticket.ts";
