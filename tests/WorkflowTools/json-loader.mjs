// The parser's package imports its schema without saying that it is JSON, which bundlers allow and Node.js does not.
import { register } from 'node:module';

register('data:text/javascript,' + encodeURIComponent(`
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export async function load(url, context, next) {
  if (!url.endsWith('.json')) {
    return next(url, context);
  }

  return { format: 'module', shortCircuit: true, source: 'export default ' + await readFile(fileURLToPath(url), 'utf8') };
}
`));
