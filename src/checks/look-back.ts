/**
 * How many days back the facts of a check may reach, beside those that follow an account for as long as it is known: the longest
 * window that a policy may ask for, and a month in which what left it is still told to have left it. What is removed from
 * history is always older than that.
 */
export const longestLookBackDays = 400;
