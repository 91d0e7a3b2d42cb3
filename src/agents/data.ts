// Rows of a data file for agents: which row an agent has in its n-th iteration. The rule knows the agent
// and the number only, never who came first, so that concurrency changes nothing. Reading files is scenario/.
import { z } from 'zod'
import type { Random } from '../random.ts'

export interface DataSource {
  /** As written; relative to the scenario file. */
  readonly file: string
  readonly order: 'sequential' | 'shuffled' | 'random'
  readonly atEnd: 'wrap' | 'stop' | 'error'
}

/** What a data file holds. */
export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

const file: z.ZodType<string> = z.string().min(1)

/** A path, or a mapping with one. */
export const dataSchema: z.ZodType<DataSource> = z.union([
  file.transform((path): DataSource => ({ file: path, order: 'sequential', atEnd: 'wrap' })),
  z
    .strictObject({
      file: file.meta({ title: 'path', description: 'A csv, json or yaml file, relative to the scenario file.' }),
      order: z
        .enum(['sequential', 'shuffled', 'random'])
        .default('sequential')
        .meta({ description: 'Rows by agent and iteration as they stand, shuffled once, or drawn anew each time.' }),
      at_end: z.enum(['wrap', 'stop', 'error']).optional().meta({
        description: 'When there are no more: from the start again, the agent stops, or its iteration fails.',
        unset: '`wrap`',
      }),
    })
    .refine(({ order, at_end }) => order !== 'random' || at_end === undefined, {
      error: 'With order: random the rows never end.\nTake at_end away, or write order: shuffled.',
      path: ['at_end'],
    })
    .transform(({ file: path, order, at_end = 'wrap' }): DataSource => ({ file: path, order, atEnd: at_end })),
]) as unknown as z.ZodType<DataSource>

/** The rows of one group. */
export interface Rows {
  /** @param agent from 0; @param nth iteration of this agent in the run, from 0; undefined = there are no more rows */
  row(agent: number, nth: number, random: () => Random): Readonly<Record<string, unknown>> | undefined
}

/** @param agents of the group; @param shuffling a stream of the run for this group */
export function rowsFor(source: DataSource, table: Table, agents: number, shuffling: () => Random): Rows {
  const { rows } = table
  const places = source.order === 'shuffled' ? shuffle(rows.length, shuffling()) : undefined
  return {
    row(agent, nth, random) {
      if (source.order === 'random') return rows[random().int(0, rows.length - 1)]
      const position = agent + nth * agents
      if (position >= rows.length && source.atEnd !== 'wrap') return undefined
      const place = position % rows.length
      return rows[places?.[place] ?? place]
    },
  }
}

/** Fisher–Yates. */
function shuffle(length: number, random: Random): Uint32Array {
  const places = Uint32Array.from({ length }, (_, place) => place)
  for (let last = length - 1; last > 0; last--) {
    const other = random.int(0, last)
    const kept = places[last] ?? 0
    places[last] = places[other] ?? 0
    places[other] = kept
  }
  return places
}
