// What the gateway tells a page when it serves it (gateway/http/pages.py).

interface PageConfig {
  /** Address under which QR codes are made, e.g. https://192.168.1.5:8080 */
  public_url: string;
  /** Whether the control plane of the simulation is on. */
  simulation: boolean;
  /** Whether units log in by their declaration password alone: until the cut-over. */
  unit_login: boolean;
}

function read(): PageConfig {
  const text = document.querySelector<HTMLMetaElement>('meta[name="pairing-config"]')?.content ?? "";
  const here = location.origin;
  try {
    const told = JSON.parse(text) as Partial<PageConfig>;
    const publicUrl = (told.public_url || here).replace(/\/+$/, "");
    return { public_url: publicUrl, simulation: told.simulation ?? false, unit_login: told.unit_login ?? false };
  } catch {
    return { public_url: here, simulation: true, unit_login: false }; // vite's own server, while developing
  }
}

export const config = read();
