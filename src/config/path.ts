/** The keys and list indices that lead to a value of the file. */
export type Path = readonly (string | number)[];
