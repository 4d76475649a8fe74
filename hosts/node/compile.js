'use strict';
/** Turns the text of a script into a function(event, platform), with the line numbers of the text. */

const vm = require('vm');
const { createRequire } = require('module');
const { pathToFileURL } = require('url');
const { isReadOnly, keepsSilent } = require('../js/readonly');
const { Reach } = require('./reach');
const { compileText, syntaxError, kBefore, kAfter } = require('../js/compile_text');

/** Scripts that name none of these cannot reach what outlives a run, except by inventing globals. */
const kReachesFurther = new RegExp([
    'prototype', '__proto__', 'constructor', 'require', 'import', '\\beval\\b', 'Function', 'globalThis',
    '\\bglobal\\b', '\\bthis\\b', 'process', 'Reflect', 'defineProp', 'setPrototypeOf',
    '\\\\[ux]', 'assign', 'freeze', 'seal', 'preventExtensions', '\\bconsole\\s*(\\[|\\.\\s*\\w+\\s*=)',
    '\\b(Object|JSON|Math|Date|Array|String|Number|Promise|Map|Set|Buffer|Error|Reflect|Intl)\\s*(\\[|\\.\\s*\\w+\\s*=[^=])',
].join('|'));

const AsyncFunction = (async () => {}).constructor;
const kParameters = ['event', 'platform'];
/** Node has its own loader for such texts from 20.10 on; before, import() is resolved here. */
const kImports = (vm.constants && vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER) || importFromFolder;

class Script {
    constructor(name, text) {
        this.name = name;
        this.file = name;
        this.reachesFurther = kReachesFurther.test(text);
        this.leavesHandles = /\bunref\b|un.{0,3}\+.{0,3}ref/.test(text);
        /** Modules of Node's own to look at before the first run; null when that cannot be seen. */
        this.imports = Reach.imports(text);
        /** Why the host must go after a run, or null. */
        this.reachesHost = null;
        this.isReadOnly = isReadOnly(text);
        this.isSilent = keepsSilent(text);
        this.mayConnect = /\bfetch\b/.test(text);
        /** True once a run ended quickly: earlier answers may wait for this one. */
        this.isQuick = false;
        this.main = null;
        this.error = null;
        try {
            this.main = compileText(text, (isAsync) => compile(text, name, isAsync));
        } catch (error) {
            this.error = faultOf(error, name);
        }
    }
}

function compile(text, file, isAsync) {
    if (!isAsync) return vm.compileFunction(text, kParameters, options(file));
    const script = new vm.Script(`${kBefore}${text}${kAfter}`,
        { ...options(file), columnOffset: -kBefore.length });
    // A text that closes the function and goes on would run while it is loaded: alone it is no body.
    new AsyncFunction(...kParameters, text);
    return script.runInThisContext();
}

function options(file) {
    return { filename: file, importModuleDynamically: kImports };
}

/** A script has no file of its own: what it imports is named from the host's working folder. */
function importFromFolder(specifier) {
    const folder = pathToFileURL(`${process.cwd()}/`);
    if (/^\.{0,2}\//.test(specifier)) return import(new URL(specifier, folder));
    const isAddress = /^[a-z][a-z0-9+.-]+:/i.test(specifier);
    return import(isAddress ? specifier : createRequire(folder).resolve(specifier));
}

/** Node puts the place of a syntax error before its stack. */
function faultOf(error, file) {
    const [stack] = String(error.stack || '').split('\n    at ');
    const found = stack.startsWith(`${file}:`) ? /^\d+/.exec(stack.slice(file.length + 1)) : null;
    return syntaxError(error.name, error.message, found ? Number(found[0]) : undefined, undefined, stack);
}

module.exports = { Script };
