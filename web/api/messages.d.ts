// The catalogues of scan_to_login/messages; vite.config.ts makes a module of each, with an export for each table.
declare module "*.toml" {
  type Table = Readonly<Record<string, string>>;
  export const error: Table;
  export const again: Table;
  export const field: Table;
  export const page: Table;
  export const told: Table;
}
