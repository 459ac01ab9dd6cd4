/** A test holds it equal to `package.json`: JSON imports would end up beside the built files. */
export const version = "0.1.0"
