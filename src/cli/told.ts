// What has been told of each person, so that it is told once; bounded, since they choose what there is to tell.

/** So much is told of one person and one topic, in characters; what is more is not told at all. */
const MOST_CHARACTERS = 500_000;

interface Topic {
  texts: Set<string>;
  characters: number;
}

export class ToldOnce {
  readonly #topics = new Map<string, Topic>();

  /** Whether `text` is `new` and to be told, or not: it is `old`, or `full` says that this is the first one too many. */
  add(topic: string, text: string): "new" | "old" | "full" {
    const told = this.#topics.get(topic) ?? { texts: new Set(), characters: 0 };
    this.#topics.set(topic, told);
    if (told.texts.has(text) || told.characters > MOST_CHARACTERS) return "old";
    told.characters += text.length;
    if (told.characters > MOST_CHARACTERS) return "full";
    told.texts.add(text);
    return "new";
  }

  /** From now on it is all new again. */
  forget(topic: string): void {
    this.#topics.delete(topic);
  }
}
