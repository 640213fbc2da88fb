// Evaluates GitHub's expressions with GitHub's own code. One JSON object a line on standard input, one answer a line:
//   {"text": "a-${{ github.run_id }}", "contexts": {"github": {...}}, "status": "success|failure|cancelled", "condition": true|false}
//   {"value": ..., "error": null}
// A condition is an `if`: it may lack the braces, and without a status function success() is asked too.
import { createInterface } from 'node:readline';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

const Statuses = ['success', 'failure', 'cancelled', 'always'];

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = { value: answerTo(JSON.parse(line)), error: null };
  } catch (failure) {
    answer = { value: null, error: failure.message };
  }

  process.stdout.write(JSON.stringify(answer) + '\n');
}

function answerTo({ text, contexts, status, condition }) {
  if (condition) {
    const bare = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(text)?.[1] ?? text;
    const asks = new RegExp(`\\b(${Statuses.join('|')})\\s*\\(`, 'i').test(bare);
    const result = evaluate(asks ? bare : `success() && (${bare})`, contexts, status);
    return truthy(result);
  }

  const whole = /^\s*\$\{\{((?:(?!\}\}|\$\{\{)[\s\S])*)\}\}\s*$/.exec(text);
  return whole ? plain(evaluate(whole[1], contexts, status)) : text.replace(/\$\{\{([\s\S]*?)\}\}/g, (_, inner) => evaluate(inner, contexts, status).coerceString());
}

function evaluate(expression, contexts, status) {
  const functions = Statuses.map(name => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(name === 'always' || name === status),
  }));
  const tokens = new Lexer(expression).lex().tokens;
  const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
  return new Evaluator(tree, toData(contexts), new Map(functions.map(f => [f.name, f]))).evaluate();
}

function toData(value) {
  return JSON.parse(JSON.stringify(value), data.reviver);
}

function plain(value) {
  return JSON.parse(JSON.stringify(value, data.replacer));
}

function truthy(value) {
  const it = plain(value);
  return !(it === null || it === false || it === 0 || it === '' || Number.isNaN(it));
}
