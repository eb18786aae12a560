/** What gremlins' operators make of a token, by the name that the operator has in its reports. */
export const GO_TOKENS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ARITHMETIC_BASE: { "+": "-", "*": "/", "/": "*", "%": "*", "-": "+" },
  CONDITIONALS_BOUNDARY: { ">=": ">", ">": ">=", "<=": "<", "<": "<=" },
  CONDITIONALS_NEGATION: { "==": "!=", ">=": "<", ">": "<=", "<=": ">", "<": ">=", "!=": "==" },
  INCREMENT_DECREMENT: { "--": "++", "++": "--" },
  INVERT_ASSIGNMENTS: { "+=": "-=", "*=": "/=", "/=": "*=", "-=": "+=" },
  INVERT_BITWISE: { "&": "|", "|": "&", "^": "&", "&^": "&", "<<": ">>", ">>": "<<" },
  INVERT_BWASSIGN: { "&=": "|=", "|=": "&=", "^=": "&=", "&^=": "&=", "<<=": ">>=", ">>=": "<<=" },
  INVERT_LOGICAL: { "&&": "||", "||": "&&" },
  INVERT_LOOPCTRL: { break: "continue", continue: "break" },
  INVERT_NEGATIVES: { "-": "+" },
  REMOVE_SELF_ASSIGNMENTS: {
    ...{ "+=": "=", "-=": "=", "*=": "=", "/=": "=", "%=": "=" },
    ...{ "&=": "=", "|=": "=", "^=": "=", "&^=": "=", "<<=": "=", ">>=": "=" },
  },
};
