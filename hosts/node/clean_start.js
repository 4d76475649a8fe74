'use strict';
/**
 * Undoes what a run left behind: globals, patched prototypes and modules, environment, listeners.
 * What cannot be undone is a reason to retire. State that a module keeps to itself is not seen.
 */

const { EventEmitter } = require('events');
const { createRequire, builtinModules } = require('module');
const { Reach } = require('./reach');

/** Where Node keeps what fetch() sends through. */
const kFetchDispatcher = Symbol.for('undici.globalDispatcher.1');
/** What listeners and Node itself change on `process`. */
const kOwnOfProcess = ['_events', '_eventsCount', '_maxListeners', 'domain', '_exiting', 'exitCode'];
const kPlainNames = new Set(builtinModules);
/** Runs of scripts that seem to reach nothing, after which it is looked whether that is so. */
const kSweepEvery = 4096;

/** The properties of one object as they were. */
class Snapshot {
    constructor(target, where, except = []) {
        this.target = target;
        this.where = where;
        this.except = new Set(except);
        this.keys = Reflect.ownKeys(target).filter((key) => !this.except.has(key));
        this.was = this.keys.map((key) => Object.getOwnPropertyDescriptor(target, key));
        this.parent = Object.getPrototypeOf(target);
    }

    /** True when something had to be put back. Throws when it could not. */
    restore() {
        const { target, keys, was } = this;
        let isChanged = false;
        for (let i = 0; i < keys.length; i++) {
            const then = was[i];
            if ('value' in then && then.writable === false && !then.configurable) continue;
            const now = Object.getOwnPropertyDescriptor(target, keys[i]);
            if (now !== undefined && Object.is(now.value, then.value) && now.get === then.get
                && now.set === then.set) continue;
            // Node replaces some accessors by their value when they are first read.
            if (now !== undefined && then.get !== undefined && 'value' in now && this.isLazy) continue;
            isChanged = true;
            Object.defineProperty(target, keys[i], then);
        }
        const present = Reflect.ownKeys(target);
        if (present.length !== keys.length) {
            const known = new Set(keys);
            for (const key of present) {
                if (known.has(key) || this.except.has(key) || key === kFetchDispatcher) continue;
                isChanged = true;
                if (!Reflect.deleteProperty(target, key)) throw new Error(`${this.where} keeps ${String(key)}`);
            }
        }
        if (Object.getPrototypeOf(target) !== this.parent) {
            isChanged = true;
            Object.setPrototypeOf(target, this.parent);
        }
        return isChanged;
    }

    /** Accessors that turn into values by themselves when read. */
    get isLazy() {
        return this.target === globalThis || this.where === 'module';
    }
}

/** Every function and object that the language and Node put in reach of a global name. */
function intrinsics() {
    const found = new Map([[globalThis, 'globalThis']]);
    const add = (value, where) => {
        if ((typeof value === 'object' || typeof value === 'function') && value !== null) {
            if (!found.has(value)) found.set(value, where);
        }
    };
    for (const name of Reflect.ownKeys(globalThis)) {
        const value = Object.getOwnPropertyDescriptor(globalThis, name).value;
        if (value === globalThis || value === process || value === undefined || value === null) continue;
        add(value, String(name));
        if (typeof value === 'function') add(value.prototype, `${String(name)}.prototype`);
    }
    add(EventEmitter, 'events');
    add(EventEmitter.prototype, 'events');
    add(Object.getPrototypeOf(process), 'the prototype of process');
    const iterators = [[][Symbol.iterator](), new Map().entries(), new Set().entries(), ''[Symbol.iterator](),
        (function* () {})(), (async () => {})];
    for (const one of iterators) {
        for (let p = Object.getPrototypeOf(one); p !== null; p = Object.getPrototypeOf(p)) add(p, 'an iterator');
    }
    return [...found].map(([target, where]) => new Snapshot(target, where));
}

class CleanStart {
    /** Call when everything of the host itself is in place. */
    constructor() {
        this.require = createRequire(`${process.cwd()}/script.js`);
        this.modules = new Map();
        /** What lies in require.cache: [module, exports] by file. */
        this.cached = new Map();
        this.runs = 0;
        this.reach = new Reach((exports) => this.rememberDeeply(exports));
        this.fresh = [];
        this.globals = 0;
        this.builtins = new Set();
    }

    /** Takes the picture that every run starts from. */
    settle() {
        this.snapshots = intrinsics();
        this.process = new Snapshot(process, 'process', kOwnOfProcess);
        this.environment = { ...process.env };
        this.folder = process.cwd();
        this.listeners = new Map(process.eventNames().map((name) => [name, process.rawListeners(name)]));
        this.globals = Object.keys(globalThis).length;
    }

    /** The `require` of scripts: the same resolution, and the module is remembered as it was. */
    load(name) {
        const before = new Set(Object.keys(this.require.cache));
        let loaded;
        try {
            loaded = this.require(name);
        } catch (error) {
            if (name !== 'lodash.min.js' || error.code !== 'MODULE_NOT_FOUND') throw error;
            loaded = this.require('lodash');
        }
        for (const key of Object.keys(this.require.cache)) {
            if (!before.has(key)) {
                const module = this.require.cache[key];
                this.fresh.push(key);
                this.cached.set(key, [module, module.exports]);
                this.remember(module.exports);
            }
        }
        return loaded;
    }

    /** Ahead of the first run of a script that imports: what it will find is worth remembering. */
    prepare(script) {
        for (const name of script.imports || []) {
            if (Reach.isLasting(name)) script.reachesHost = `imports ${name}`;
            else if (kPlainNames.has(name)) this.rememberDeeply(this.require(name));
        }
        if (script.imports === null) script.reachesHost = 'imports what cannot be seen';
        script.imports = [];
    }

    /**
     * Nobody watches kept-alive connections between runs, so that a later run would meet one that the other
     * side has closed.
     */
    closeConnections() {
        for (const name of ['http', 'https']) {
            if (this.loaded(name)) this.require(name).globalAgent.destroy();
        }
        const dispatcher = globalThis[kFetchDispatcher];
        if (dispatcher === undefined) return;
        globalThis[kFetchDispatcher] = new dispatcher.constructor();
        dispatcher.close().catch(() => {});
    }

    loaded(name) {
        if (!this.builtins.has(name) && process.moduleLoadList.includes(`NativeModule ${name}`)) {
            this.builtins.add(name);
        }
        return this.builtins.has(name);
    }

    remember(exports) {
        const isObject = typeof exports === 'object' || typeof exports === 'function';
        if (!isObject || exports === null || this.modules.has(exports)) return;
        this.modules.set(exports, new Snapshot(exports, 'module'));
        if (typeof exports === 'function' && exports.prototype) {
            this.modules.set(exports.prototype, new Snapshot(exports.prototype, 'module'));
        }
    }

    /** A module of Node's own, and the classes in it. */
    rememberDeeply(exports) {
        if (exports === process || this.modules.has(exports)) return;
        this.remember(exports);
        for (const key of Object.keys(exports)) {
            const { value } = Object.getOwnPropertyDescriptor(exports, key);
            if (typeof value !== 'function' || !value.prototype || this.modules.has(value.prototype)) continue;
            if (Reflect.ownKeys(value.prototype).length > 1) {
                this.modules.set(value.prototype, new Snapshot(value.prototype, 'module'));
            }
        }
    }

    /** Undoes the last run. Shape: null, or the reason to retire. */
    restore(script) {
        const reason = this.undo(script) || script.reachesHost || this.reach.reason;
        this.reach.reason = null;
        return reason;
    }

    undo(script) {
        if (script.reachesFurther || script.mayConnect) this.closeConnections();
        const isSweep = ++this.runs % kSweepEvery === 0;
        if (!script.reachesFurther && !isSweep && Object.keys(globalThis).length === this.globals) return null;
        try {
            let isChanged = this.restoreCache();
            for (const snapshot of this.snapshots) isChanged = snapshot.restore() || isChanged;
            for (const snapshot of this.modules.values()) isChanged = snapshot.restore() || isChanged;
            isChanged = this.restoreProcess() || isChanged;
            // A module that changed the world when it was loaded must do so again for the next script.
            if (isChanged) for (const key of this.fresh) delete this.require.cache[key];
            this.fresh.length = 0;
        } catch (error) {
            return `could not undo: ${error.message}`;
        }
        return script.leavesHandles ? 'may have left unreferenced handles' : null;
    }

    /** True when a module was planted or exchanged. */
    restoreCache() {
        const { cache } = this.require;
        let isChanged = false;
        for (const key of Object.keys(cache)) {
            const [module, exports] = this.cached.get(key) || [];
            if (module === undefined) {
                delete cache[key];
                isChanged = true;
            } else if (cache[key] !== module || module.exports !== exports) {
                cache[key] = module;
                module.exports = exports;
                isChanged = true;
            }
        }
        return isChanged;
    }

    restoreProcess() {
        let isChanged = this.process.restore();
        if (process.cwd() !== this.folder) process.chdir(this.folder);
        const now = process.env;
        for (const key of Object.keys(now)) if (!(key in this.environment)) delete now[key];
        for (const [key, value] of Object.entries(this.environment)) if (now[key] !== value) now[key] = value;
        for (const name of process.eventNames()) {
            const kept = this.listeners.get(name) || [];
            for (const one of process.rawListeners(name)) {
                if (kept.includes(one)) continue;
                process.removeListener(name, one.listener || one);
                isChanged = true;
            }
        }
        return isChanged;
    }
}

module.exports = { CleanStart };
