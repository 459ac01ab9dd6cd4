/** Without Chromium the tests in it are left out, and this test says what is missing. */
import { expect, test } from "vitest"
import { findChromium } from "../../../../tools/chromium.ts"

test("there is a Chromium to run the tests in", () => {
  expect(findChromium().executablePath).not.toBe("")
})
