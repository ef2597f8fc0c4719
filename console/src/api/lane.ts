/**
 * Runs at most `width` pieces of work at a time, the rest in the order they came. The vault answers four queries per
 * person at once and refuses a fifth (`VLT-0204`), and the overview alone asks seven.
 */
export class Lane {
  private running = 0
  private readonly waiting: (() => void)[] = []

  constructor(private readonly width: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.width) await new Promise<void>((resolve) => this.waiting.push(resolve))
    else this.running += 1
    try {
      return await work()
    } finally {
      // A place is handed on, not given back, so that nobody slips in between.
      const next = this.waiting.shift()
      if (next) next()
      else this.running -= 1
    }
  }
}
