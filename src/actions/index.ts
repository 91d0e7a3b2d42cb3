export type Step = { type: string; name: string }
