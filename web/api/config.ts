// The values that the gateway puts into a page (gateway/http/pages.py).

import type { FormField, StepAnswer } from "./schema.ts";

interface PageConfig {
  /** Address under which QR codes are made, e.g. https://192.168.1.5:8080 */
  public_url: string;
  /** Whether the control plane of the simulation is on. */
  simulation: boolean;
  /** Whether the login by declaration password alone is open: until the cut-over. */
  unit_login: boolean;
  /** Whether a client may ask the phones of an account for a login, without a QR. */
  phone_login: boolean;
  /** Whether computers are remembered after a login, and need no QR next time. */
  remembers: boolean;
  /** Whether the gateway sends its spans to a collector. */
  traces: boolean;
  /** The request of the authorize page (gateway/oauth/endpoints/authorize_routes.py). */
  authorize?: Authorize | undefined;
}

export interface Authorize {
  request?: string;
  client_name?: string;
  login_hint?: string;
  ui_locales?: string;
  step?: StepAnswer;
  location?: string;
  fields?: FormField[];
  refused?: string;
  refused_zh?: string;
  logout?: Record<string, string>;
  logged_out?: boolean;
}

function read(): PageConfig {
  const text = document.querySelector<HTMLMetaElement>('meta[name="pairing-config"]')?.content ?? "";
  const here = location.origin;
  try {
    const told = JSON.parse(text) as Partial<PageConfig>;
    const publicUrl = (told.public_url || here).replace(/\/+$/, "");
    return {
      public_url: publicUrl,
      simulation: told.simulation ?? false,
      unit_login: told.unit_login ?? false,
      phone_login: told.phone_login ?? false,
      remembers: told.remembers ?? false,
      traces: told.traces ?? false,
      authorize: told.authorize,
    };
  } catch {
    return { public_url: here, simulation: true, unit_login: false, phone_login: true, remembers: true, traces: false }; // vite's own server, while developing
  }
}

export const config = read();
