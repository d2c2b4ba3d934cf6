import assert from "node:assert/strict";
import { test } from "node:test";

import { describeResults, describeSeen, readIndex } from "../public/calculator.js";

test("a whole number up to 40 is an index", () => {
  assert.deepEqual(readIndex("7"), { index: 7 });
  assert.deepEqual(readIndex(" 0 "), { index: 0 });
  assert.deepEqual(readIndex("40"), { index: 40 });
});

test("anything else is a problem, and says so", () => {
  for (const text of ["", "seven", "-1", "1.5", "1e1"]) {
    assert.deepEqual(readIndex(text), { problem: "Please enter a whole number." });
  }
  assert.deepEqual(readIndex("41"), { problem: "Please enter a number up to 40." });
});

test("an index that was asked twice is listed once", () => {
  assert.equal(describeSeen([{ number: 3 }, { number: 7 }, { number: 3 }]), "3, 7");
  assert.equal(describeSeen([]), "");
});

test("results stand in the order of the sequence", () => {
  assert.deepEqual(describeResults({ 10: "89", 2: "2", 9: "Nothing yet!" }), [
    "fib(2) = 2",
    "fib(9): Nothing yet!",
    "fib(10) = 89",
  ]);
});
