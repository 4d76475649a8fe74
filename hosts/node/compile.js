'use strict';
/** Turns the text of a script into a function(event, platform), with the line numbers of the text. */

const vm = require('vm');

/** Scripts that name none of these cannot reach what outlives a run, except by inventing globals. */
const kReachesFurther = new RegExp([
    'prototype', '__proto__', 'constructor', 'require', 'import', '\\beval\\b', 'Function', 'globalThis',
    '\\bglobal\\b', '\\bthis\\b', 'process', 'Reflect', 'defineProp', 'setPrototypeOf',
    'assign', 'freeze', 'seal', 'preventExtensions', '\\bconsole\\s*(\\[|\\.\\s*\\w+\\s*=)',
    '\\b(Object|JSON|Math|Date|Array|String|Number|Promise|Map|Set|Buffer|Error|Reflect|Intl)\\s*(\\[|\\.\\s*\\w+\\s*=[^=])',
].join('|'));

const kParameters = ['event', 'platform'];
const kImports = vm.constants && vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;

class Script {
    constructor(name, text) {
        this.name = name;
        this.file = name;
        this.reachesFurther = kReachesFurther.test(text);
        this.leavesHandles = /\bunref\b/.test(text);
        /** True once a run ended quickly: earlier answers may wait for this one. */
        this.isQuick = false;
        this.main = null;
        this.error = null;
        try {
            this.main = compile(text, name);
        } catch (error) {
            this.error = syntaxError(error, name);
        }
    }
}

function compile(text, file) {
    const mayAwait = /\bawait\b/.test(text);
    if (!mayAwait) return compilePlain(text, file);
    try {
        return compileAsync(text, file);
    } catch (error) {
        try {
            return compilePlain(text, file);
        } catch {
            throw error;
        }
    }
}

function compilePlain(text, file) {
    return vm.compileFunction(text, kParameters, options(file));
}

function compileAsync(text, file) {
    const before = '(async function (event, platform) {';
    const script = new vm.Script(`${before}${text}\n})`, { ...options(file), columnOffset: -before.length });
    return script.runInThisContext();
}

function options(file) {
    return kImports === undefined ? { filename: file }
        : { filename: file, importModuleDynamically: kImports };
}

/** The `error` of every run of a script that does not compile. */
function syntaxError(error, file) {
    const stack = String(error.stack || '');
    const made = { message: `${error.name}: ${error.message}`, class: error.name, stack };
    const found = stack.startsWith(`${file}:`) ? /^\d+/.exec(stack.slice(file.length + 1)) : null;
    if (found) {
        made.line = Number(found[0]);
        made.message += ` on line ${made.line}`;
    }
    return made;
}

module.exports = { Script };
