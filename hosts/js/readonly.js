'use strict';
/**
 * Whether a script's text can be seen to change nothing of its event: such a run needs no comparison afterwards,
 * which is a third of the work of a script that only validates.
 * Errs on the side of "may change": every way to write into an object that the text might hold must be refused here.
 */

/** Words through which an object can be changed without an assignment, or code reached that is not in the text. */
const kWords = new RegExp(`\\b(?:${[
    'delete', 'with', 'eval', 'Function', 'constructor', 'prototype', 'require', 'import', 'process', 'global',
    'globalThis', 'module', 'exports', 'Object', 'Reflect', 'Array', 'Proxy', 'Buffer', 'DataView', '\\w*Array',
    'WebAssembly', 'Atomics', 'ReadableStream', 'structuredClone', 'captureStackTrace', 'call', 'apply', 'bind', 'arguments',
    'push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin',
    'set', 'write\\w*', 'copy', 'swap\\w*', 'encodeInto', 'getRandomValues', 'setResponse', 'setRequest', 'setReturn',
].join('|')})\\b|__`);

/** Escapes hide words; a comment after a dot hides a member; a computed member may be any function. */
const kHidden = /\\u|\\x|\.\s*\/[/*]|\]\s*(?:\?\.\s*)?[(`]|\)\s*`/;

/** A loop may assign to whatever its head names. */
const kLoop = /\bfor\b\s*(?:await\b\s*)?\((?!\s*(?:var|let|const)\s)/;

/** A plain name is a variable, and giving it another value changes no object. */
const kVariable = new RegExp('(?<![\\w$#\\u0080-\\uffff])(?<!\\.\\s*)[A-Za-z_$][\\w$]*\\s*(?:'
    + '(?:\\+\\+|--)(?=\\s*(?:[;),\\]}:]|$))' // anything else may belong to what follows: return ++a.b
    + '|(?:[-+*/%&|^]|\\*\\*|<<|>>>?|&&|\\|\\||\\?\\?)?=(?![=>]))', 'g');
const kStep = /(?:\+\+|--)\s*[A-Za-z_$][\w$]*(?!\s*[.[(/\w$?\u0080-\uffff])/g;
const kComparison = /[=!]==?|(?<![<>])[<>]=(?!=)|=>/g;

/** Longer texts are not looked at. */
const kMostChars = 1 << 16;

/** True when no run of this text can change its event. */
function isReadOnly(text) {
    if (text.length > kMostChars || kWords.test(text) || kHidden.test(text) || kLoop.test(text)) return false;
    const rest = text.replace(kComparison, ' ').replace(kVariable, ' ').replace(kStep, ' ');
    return !/=|\+\+|--/.test(rest);
}

/** Values of the event can leave a run that only reads in what it returns and in what it sends. */
const kGivesAway = /\bplatform\b|\breturn\b(?!\s*[;}])/;

/** True when, besides, nothing that was decoded from the event is ever encoded again. */
function keepsSilent(text) {
    return isReadOnly(text) && !kGivesAway.test(text);
}

module.exports = { isReadOnly, keepsSilent };
