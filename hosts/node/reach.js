'use strict';
/**
 * What of the host a script could reach, and the ways of Node that lead there or that last beyond a run without
 * a trace. The host's own modules are hidden and frozen; a run that takes one of the ways costs the host its life.
 */

const fs = require('fs');
const Module = require('module');
const path = require('path');

/** Their use outlives a run where nobody can see it, or hands out what the host keeps to itself. */
const kLasting = new Set(['inspector', 'inspector/promises', 'v8', 'module', 'async_hooks', 'diagnostics_channel',
    'worker_threads', 'repl', 'trace_events', 'cluster', 'wasi', 'perf_hooks', 'domain', 'test', 'sea']);
const kLastingOfProcess = ['binding', '_linkedBinding', 'dlopen', 'setUncaughtExceptionCaptureCallback',
    'addUncaughtExceptionCaptureCallback', '_debugProcess', '_debugEnd', '_startProfilerIdleNotifier',
    'setSourceMapsEnabled', 'getBuiltinModule', '_getActiveHandles', '_getActiveRequests', 'openStdin',
    'setuid', 'setgid', 'seteuid', 'setegid', 'setgroups', 'initgroups', 'umask'];
/** import() of anything but a name that stands there. */
const kImport = /\bimport\b\s*(?:\/[/*][^]*)?(?:\(|\.)\s*(['"`]?)((?:node:)?[\w@/.-]*)(\1\s*[,)])?/g;

function plainName(name) {
    return String(name).replace(/^node:/, '');
}

/** A package that no script can have written: it knows what it does with Node. */
function isLibrary(file) {
    if (typeof file !== 'string' || !file.includes(`${path.sep}node_modules${path.sep}`)) return false;
    try {
        fs.accessSync(path.dirname(file), fs.constants.W_OK);
        return false;
    } catch {
        return true;
    }
}

class Reach {
    /** `load(name, value)` is told of each module of Node's own that comes into a script's hands. */
    constructor(load) {
        /** Why the host must go after this run, or null. */
        this.reason = null;
        this.watchModules(load);
        for (const name of kLastingOfProcess) this.watch(process, name);
    }

    need(what) {
        if (this.reason === null) this.reason = `the script used ${what}`;
    }

    watchModules(load) {
        const { builtinModules } = Module;
        const original = Module._load;
        const reach = this;
        const names = new Set(builtinModules);
        Module._load = function _load(request, parent, isMain) {
            const name = plainName(request);
            const value = original.call(this, request, parent, isMain);
            if (names.has(name) || String(request).startsWith('node:')) {
                if (!parent || !isLibrary(parent.filename)) {
                    if (kLasting.has(name) || name.startsWith('_')) reach.need(name);
                    load(value);
                }
            }
            return value;
        };
    }

    watch(owner, name) {
        const original = owner[name];
        if (typeof original !== 'function') return;
        const reach = this;
        owner[name] = { [name](...args) {
            reach.need(`process.${name}`);
            return original.apply(this, args);
        } }[name];
    }

    /** Shape: the modules of Node's own that a text imports, or null when that cannot be seen from it. */
    static imports(text) {
        if (!/\bimport\b|\\u/.test(text)) return [];
        if (/\\u\{?0*6|import\s*\/[/*]/.test(text)) return null;  // an escape may hide the word itself
        const found = [];
        for (const [, quote, name, end] of text.matchAll(kImport)) {
            if (quote === '' || end === undefined) return null;
            found.push(plainName(name));
        }
        return found;
    }

    static isLasting(name) {
        return kLasting.has(name) || name.startsWith('_');
    }
}

function freezeClass(value) {
    if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) return;
    if (typeof value === 'function' && value.prototype) Object.freeze(value.prototype);
    if (typeof value === 'function') Object.freeze(value);
}

/** Takes the modules that are loaded now out of everybody's reach. */
function hideOwnModules(root) {
    for (const [file, module] of Object.entries(require.cache)) {
        if (!file.startsWith(root)) continue;
        const { exports } = module;
        for (const value of Object.values(exports)) freezeClass(value);
        Object.freeze(exports);
        module.children.length = 0;
        delete require.cache[file];
    }
    for (const key of Object.keys(Module._pathCache)) delete Module._pathCache[key];
    Object.defineProperty(process, 'mainModule', { value: undefined, writable: true, configurable: true,
        enumerable: true });
}

module.exports = { Reach, hideOwnModules };
