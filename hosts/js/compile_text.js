'use strict';
/**
 * A script's text is the body of a function(event, platform), with `return` and, where it says so, `await`.
 * A text that names `await` is tried as an asynchronous function first: `await (x)` is a call otherwise.
 */

/** `compile(isAsync)` makes the function or throws; the fault that is reported is that of the first attempt. */
function compileText(text, compile) {
    if (!/\bawait\b/.test(text)) return compile(false);
    try {
        return compile(true);
    } catch (error) {
        try {
            return compile(false);
        } catch {
            throw error;
        }
    }
}

/** What stands before and after the text of an asynchronous script. */
const kBefore = '(async function (event, platform) {';
const kAfter = '\n})';

/** The `error` of every run of a script that does not compile. */
function syntaxError(name, message, line, column, stack) {
    const error = { message: `${name}: ${message}`, class: name };
    if (stack) error.stack = stack;
    if (line !== undefined) {
        error.line = line;
        error.message += ` on line ${line}`;
    }
    if (column !== undefined) error.column = column;
    return error;
}

module.exports = { compileText, syntaxError, kBefore, kAfter };
