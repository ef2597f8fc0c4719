/** The two languages of the console. Chinese is the default and the source of every dictionary. */
export type Language = 'zh' | 'en'

/**
 * The shape an English dictionary must have: the same keys as the Chinese one, and the same arguments where a
 * text is a function. A missing key is a compile error (`en satisfies Shape<typeof zh>`).
 */
export type Shape<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : Shape<T[K]>
}

/** Both dictionaries of one folder. */
export interface Words<T> {
  readonly zh: T
  readonly en: Shape<T>
}
