/** `--threshold`, in k6's words: `ttft:p(95)<300`. */
import { OPERATORS, type Operator } from './checks.js';

/** A threshold as it was written. */
export interface Expression {
  /** What is looked at: `ttft`, or the name of a scenario. */
  readonly subject: string;
  /** Which number of it: `p(95)`, or a figure of the scenario. */
  readonly measure: string;
  readonly operator: Operator;
  readonly limit: number;
}

const SHAPE = /^\s*([\w-]+)\s*:\s*([^<>=]+?)\s*(<=|>=|==|<|>)\s*(-?\d+(?:\.\d+)?)\s*$/;

/** Throws with what is wanted instead. */
export function parseExpression(text: string): Expression {
  const [, subject, measure, operator, limit] = SHAPE.exec(text) ?? [];
  if (subject === undefined || measure === undefined)
    throw new Error(
      `--threshold '${text}': subject:measure, one of ${OPERATORS.join(' ')}, and a number are wanted, like ttft:p(95)<300`,
    );
  return { subject, measure, operator: operator as Operator, limit: Number(limit) };
}
