'use strict';
/**
 * Values as people read them: what console.log and var_dump write, in the manner of Node's.
 * Never throws for what a value does when it is looked at (a getter, a proxy); what ends a run goes through.
 */

const kMostDepth = 4;
const kMostMembers = 100;
const kMostChars = 1 << 16;

function quoted(text) {
    return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n')}'`;
}

function keyText(key) {
    return typeof key === 'string' && /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(String(key));
}

function isList(value) {
    return Array.isArray(value) || ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** What `look` gives, or `otherwise` when the value does not let itself be looked at. */
function tried(look, otherwise) {
    try {
        return look();
    } catch {
        return otherwise;
    }
}

function member(value, key, depth, path) {
    const { length } = path;
    try {
        return inspect(value[key], depth + 1, path);
    } catch {
        path.length = length;
        return '[Thrown]';
    }
}

function members(value, depth, path) {
    const inner = (one) => inspect(one, depth + 1, path);
    if (isList(value)) {
        const shown = Array.from({ length: Math.min(value.length, kMostMembers) }, (_, i) => member(value, i, depth, path));
        if (value.length > kMostMembers) shown.push(`... ${value.length - kMostMembers} more items`);
        return ['[', ']', shown];
    }
    if (value instanceof Map) return ['{', '}', [...value].map(([k, v]) => `${inner(k)} => ${inner(v)}`)];
    if (value instanceof Set) return ['{', '}', [...value].map(inner)];
    const keys = Object.keys(value);
    const shown = keys.slice(0, kMostMembers).map((key) => `${keyText(key)}: ${member(value, key, depth, path)}`);
    if (keys.length > kMostMembers) shown.push(`... ${keys.length - kMostMembers} more`);
    return ['{', '}', shown];
}

function prefix(value) {
    if (value instanceof Map) return `Map(${value.size}) `;
    if (value instanceof Set) return `Set(${value.size}) `;
    if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.byteLength}) `;
    const parent = Object.getPrototypeOf(value);
    if (Array.isArray(value) || parent === Object.prototype) return '';
    if (parent === null) return '[Object: null prototype] ';
    return parent.constructor && parent.constructor.name && !/^(Event|Object)Methods$|^Object$/.test(
        parent.constructor.name) ? `${parent.constructor.name} ` : '';
}

function object(value, depth, path) {
    if (path.includes(value)) return '[Circular *1]';
    const { length } = path;
    try {
        return opened(value, depth, path);
    } catch {
        path.length = length;
        return '[Object]';
    }
}

function opened(value, depth, path) {
    if (value instanceof Date) return isNaN(value) ? 'Invalid Date' : value.toISOString();
    if (value instanceof RegExp) return String(value);
    if (value instanceof Promise) return 'Promise {}';
    if (value instanceof Error) return String(value.stack || value);
    if (depth > kMostDepth) return isList(value) ? '[Array]' : '[Object]';
    path.push(value);
    const [open, close, shown] = members(value, depth, path);
    path.pop();
    if (shown.length === 0) return `${prefix(value)}${open}${close}`;
    const line = shown.join(', ');
    if (line.length <= 72 && !line.includes('\n')) return `${prefix(value)}${open} ${line} ${close}`;
    const indent = '  '.repeat(depth + 1);
    return `${prefix(value)}${open}\n${indent}${shown.join(`,\n${indent}`)}\n${'  '.repeat(depth)}${close}`;
}

function inspect(value, depth = 0, path = []) {
    switch (typeof value) {
    case 'string': return quoted(value);
    case 'bigint': return `${value}n`;
    case 'function':
        return tried(() => (value.name ? `[Function: ${value.name}]` : '[Function (anonymous)]'), '[Function]');
    case 'object': return value === null ? 'null' : object(value, depth, path);
    default: return Object.is(value, -0) ? '-0' : String(value);
    }
}

/** What stands for a value that a holder cannot show. */
const kNoValue = { d: 'NaN', i: 'NaN', f: 'NaN', j: '[Circular]' };

const kHolders = {
    s: (value) => (typeof value === 'string' ? value : inspect(value, kMostDepth)),
    d: (value) => String(typeof value === 'object' ? NaN : Number(value)),
    i: (value) => String(parseInt(value, 10)),
    f: (value) => String(parseFloat(value)),
    j: (value) => JSON.stringify(value),
    o: (value) => inspect(value),
    O: (value) => inspect(value),
    c: () => '',
};

/** The text of console.log(...args): a first text may hold %s, %d, %j and the like. */
function format(args) {
    let rest = args;
    let out = '';
    if (typeof args[0] === 'string') {
        let used = 1;
        out = args.length === 1 ? args[0] : args[0].replace(/%([sdifjoOc%])/g, (all, kind) => {
            if (kind === '%') return '%';
            if (used >= args.length) return all;
            const value = args[used++];
            return tried(() => String(kHolders[kind](value)), kNoValue[kind] || '');
        });
        rest = args.slice(used);
        if (rest.length > 0) out += ' ';
    }
    out += rest.map((one) => (typeof one === 'string' ? one : inspect(one))).join(' ');
    return out.length > kMostChars ? `${out.slice(0, kMostChars)}...` : out;
}

module.exports = { inspect, format };
