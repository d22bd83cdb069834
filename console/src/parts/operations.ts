import names from '../gen/operations.gen.json'

/** The names of all operations of the API. */
export const operationNames: string[] = names
