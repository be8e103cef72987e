declare module "han-compositions" {
  /** A line for each character: itself, then its Ideographic Description Sequence (web/compositions.ts). */
  const table: string;
  export default table;
}
