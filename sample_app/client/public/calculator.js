// What the page thinks, apart from what it shows: no DOM and no network in here.

export const LARGEST_INDEX = 40;

// Returns {index} for a usable input and {problem} for any other.
export function readIndex(text) {
  const trimmed = text.trim();
  if (!/^\d+$/.test(trimmed)) {
    return { problem: "Please enter a whole number." };
  }
  const index = Number(trimmed);
  if (index > LARGEST_INDEX) {
    return { problem: `Please enter a number up to ${LARGEST_INDEX}.` };
  }
  return { index };
}

// Returns each asked index once, in the order of the first time: "3, 7".
export function describeSeen(rows) {
  return [...new Set(rows.map((row) => row.number))].join(", ");
}

// Returns a line for each index, in the order of the sequence; the API answers {"7": "21"}.
export function describeResults(values) {
  return Object.keys(values)
    .map(Number)
    .sort((one, other) => one - other)
    .map((index) => {
      const value = values[index];
      return /^\d+$/.test(value) ? `fib(${index}) = ${value}` : `fib(${index}): ${value}`;
    });
}
