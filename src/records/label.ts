/** How long a label may be, and what it may not begin with. */
interface LabelLaw {
  readonly maxOctets: number;
  readonly leading: RegExp;
}

const RFC_1123: LabelLaw = { maxOctets: 63, leading: /^-+/ };
const RFC_952: LabelLaw = { maxOctets: 24, leading: /^[-0-9]+/ };

/** What nearly all names look like already. Short enough for both laws, and begins with a letter. */
const IS_LABEL_ALREADY = /^[a-z](?:[a-z0-9-]{0,22}[a-z0-9])?$/;

/**
 * The label that Mesos-DNS makes of a task's, framework's, port's or protocol's name: letters
 * lower-cased, `-`, `.` and `_` as hyphens, every other character dropped. May be empty.
 *
 * At most 63 octets, beginning with a letter or digit; with `isRfc952` 24, beginning with a letter.
 * What is cut off at the end is not wholly lost: hyphens stripped from the end of the head are made
 * up for with as many characters of the rest, so that `hello`, 58 hyphens and `f` give `hellof`,
 * and a label may end in a hyphen after all.
 */
export function label(text: string, isRfc952 = false): string {
  if (IS_LABEL_ALREADY.test(text)) return text;
  const law = isRfc952 ? RFC_952 : RFC_1123;
  const clean = toHostCharacters(text).replace(law.leading, '');
  const head = clean.slice(0, law.maxOctets);
  const stripped = head.replace(TRAILING_HYPHENS, '');
  if (stripped.length === head.length) return head;
  const rest = clean.slice(law.maxOctets).replace(/^-+/, '');
  return stripped + rest.slice(0, head.length - stripped.length);
}

/**
 * A framework's name as labels joined by dots: it is split at its dots, each part made a label, parts
 * with nothing left dropped. May be empty.
 */
export function fragment(text: string, isRfc952 = false): string {
  if (IS_LABEL_ALREADY.test(text)) return text;
  const labels = text.split('.').map(part => label(part, isRfc952));
  return labels.filter(part => part !== '').join('.');
}

/** The look-behind keeps a long run of hyphens inside a name from being tried from each of them. */
const TRAILING_HYPHENS = /(?<!-)-+$/;

/** Only ASCII letters have a case here: the Kelvin sign is no `k`. */
function toHostCharacters(text: string): string {
  return text
    .replace(/[^A-Za-z0-9._-]+/g, '')
    .replace(/[._]/g, '-')
    .toLowerCase();
}
