import { hash } from 'node:crypto';

const Z_BASE_32 = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/**
 * Five characters that tell the tasks of one name apart: the first 25 bits of the SHA-1 of the task
 * id (as UTF-8) in z-base-32, high bits first. `test` gives `iffe9`.
 */
export function taskHash(taskId: string): string {
  const bits = Number.parseInt(hash('sha1', taskId, 'hex').slice(0, 8), 16) >>> 7;
  let text = '';
  for (let shift = 20; shift >= 0; shift -= 5) text += Z_BASE_32[(bits >>> shift) & 31];
  return text;
}

/**
 * What follows the last hyphen of an agent's id, lower-cased: `…-S12` gives `s12`, an old `3`
 * itself.
 */
export function agentTail(agentId: string): string {
  return agentId.slice(agentId.lastIndexOf('-') + 1).toLowerCase();
}
