// The shapes on the wire that more than one page reads.

export type TicketState = "pending" | "scanned" | "confirmed" | "claimed" | "rejected" | "cancelled" | "expired";

export interface Account {
  account_id: string;
  login_name: string;
  display_name: string;
  id_type?: string;
}

export interface Unit {
  taxpayer_id: string;
  name: string;
  roles: string[];
  via: string[];
  password_required: boolean;
  status: string;
}

export interface ClientInfo {
  name: string;
  version: string;
  device: string;
}

export interface CaptchaAnswer {
  captcha_id: string;
  answer: string;
}
