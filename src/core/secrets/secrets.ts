/** A text that must not be written anywhere: what a variable of the environment holds. */
export interface Secret {
  /** Of the variable; shown in place of the text. */
  readonly name: string;
  readonly value: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables whose names say that they hold a secret. */
const TELLING = /(?:^|_)(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|PAT)(?:$|_)/iu;
/** Of those, the ones that say where it is, and not what. */
const WHEREABOUTS = /_(?:FILE|PATH|DIR|SOCK|URL|HOST|PORT|NAME|ID|TYPE|TTL|EXPIRY)$/iu;
/** A shorter text stands in everything by chance. */
const RECOGNISED_LENGTH_MIN = 8;
/** The same where somebody said that it is a secret. */
const NAMED_LENGTH_MIN = 4;

const isTelling = (name: string): boolean => TELLING.test(name) && !WHEREABOUTS.test(name);

/**
 * The secrets of an environment: what the named variables hold, and all whose names say that they hold one
 * (`ANTHROPIC_API_KEY`, `GITHUB_TOKEN`). A text of fewer than 8 characters is none, of a named variable fewer than 4.
 *
 * @param environments That of the user, and those that agent types set.
 * @param named Names of more variables.
 */
export const secretsIn = (
  environments: readonly Environment[],
  named: readonly string[] = [],
): readonly Secret[] => {
  const secrets = new Map<string, Secret>();
  for (const environment of environments) {
    for (const [name, value = ''] of Object.entries(environment)) {
      const isNamed = named.includes(name);
      const lengthMin = isNamed ? NAMED_LENGTH_MIN : RECOGNISED_LENGTH_MIN;
      if ((isNamed || isTelling(name)) && value.trim().length >= lengthMin) secrets.set(value, {name, value});
    }
  }
  return [...secrets.values()];
};
