import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from './reply.ts';
import type { Route } from './route.ts';

/**
 * The route of the status page: one file without anything from elsewhere. Only clients that say they
 * read HTML get it; to others `/` is unknown, as in Mesos-DNS.
 */
export async function statusPage(): Promise<Route> {
  const body = await readFile(new URL('./status-page.html', import.meta.url), 'utf8');
  const headers = {
    'Content-Security-Policy': policy(body),
    'Referrer-Policy': 'no-referrer',
    'X-Frame-Options': 'DENY',
  };
  return {
    path: '/',
    part: 'status',
    allowsHead: true,
    answer: ({ header }) =>
      header('accept')?.toLowerCase().includes('text/html')
        ? { kind: 'body', type: 'text/html; charset=utf-8', body, headers }
        : text(404, 'Not found; ask for text/html to see the status page'),
  };
}

/** Lets the page's own script and styles run, and nothing else. */
function policy(page: string): string {
  const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
  return [
    "default-src 'none'",
    `script-src 'sha256-${digest(script)}'`,
    `style-src 'sha256-${digest(style)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function digest(content: string): string {
  return createHash('sha256').update(content).digest('base64');
}
