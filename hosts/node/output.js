'use strict';
/** What scripts print: console and process.stdout become log frames. */

const util = require('util');
const { Console } = require('console');
const { Writable } = require('stream');

const kLevels = { log: 'info', info: 'info', debug: 'debug', warn: 'warn', error: 'error', trace: 'error' };

class LogStream extends Writable {
    constructor(log, level) {
        super({ decodeStrings: false });
        this.log = log;
        this.level = level;
    }

    /** Synchronous, unlike a real stream: what is printed belongs to the run that prints it. */
    write(chunk, encoding, done) {
        const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
        if (text !== '') this.log(this.level, text.endsWith('\n') ? text.slice(0, -1) : text);
        const callback = typeof encoding === 'function' ? encoding : done;
        if (typeof callback === 'function') process.nextTick(callback);
        return true;
    }
}

/** The event and the platform decode their members when read; printed, they show the values. */
function plain(value) {
    if (typeof value !== 'object' || value === null) return value;
    const isLazy = ['request', 'headers', 'session'].some((key) => {
        const member = Object.getOwnPropertyDescriptor(value, key);
        return member !== undefined && member.get !== undefined;
    });
    if (!isLazy) return value;
    return Object.fromEntries(Object.keys(value).map((key) => [key, plain(value[key])]));
}

/** Takes over console, process.stdout and process.stderr. `log(level, text)` gets it all. */
function install(log) {
    const out = new LogStream(log, 'info');
    const err = new LogStream(log, 'error');
    for (const [name, stream] of [['stdout', out], ['stderr', err]]) {
        Object.defineProperty(process, name, { get: () => stream, configurable: true, enumerable: true });
    }
    const full = new Console({ stdout: out, stderr: err, colorMode: false });
    for (const key of Object.getOwnPropertyNames(full)) {
        if (typeof full[key] === 'function') console[key] = full[key];
    }
    for (const [name, level] of Object.entries(kLevels)) {
        if (name !== 'trace') console[name] = (...args) => log(level, util.format(...args.map(plain)));
    }
}

module.exports = { install };
