/**
 * Says whether a text fits a pattern in which each `*` stands for any characters, or none. Takes time in
 * proportion to the two lengths' product at most, whatever the pattern: it may come from anybody.
 */
export function fitsPattern(text: string, pattern: string): boolean {
  const parts = pattern.split('*');
  const head = parts[0];
  const tail = parts[parts.length - 1];
  if (parts.length === 1) return text === head;
  const end = text.length - tail.length;
  if (end < head.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
  let at = head.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
