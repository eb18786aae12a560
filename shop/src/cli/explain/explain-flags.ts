export interface ExplainFlags {
  readonly json?: true;
}
