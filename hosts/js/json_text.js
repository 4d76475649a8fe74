'use strict';
/**
 * JSON that keeps what a script does not touch: integers beyond 2^53, long decimals, the order of
 * keys that look like integers, repeated keys. One Ledger per run.
 *
 * A text that JSON.stringify(JSON.parse(text)) reproduces can lose nothing and takes the fast path.
 * Any other text is parsed again here with the place of every value, so that `encode` can copy the
 * untouched pieces from the text.
 */

const parse = JSON.parse;
const stringify = JSON.stringify;
const hasOwn = Object.prototype.hasOwnProperty;

/** What is known of a text: nothing; that decoding loses nothing; that encoding gives the same text again. */
const kUnknown = 0;
const kLossless = 1;
const kCanonical = 2;

/** Parses a text that JSON.parse has accepted; notes where each map and list came from. */
class Scanner {
    constructor(text, ledger) {
        this.text = text;
        this.at = 0;
        this.ledger = ledger;
        this.loses = false;
    }

    blank() {
        for (;;) {
            const c = this.text.charCodeAt(this.at);
            if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return c;
            this.at++;
        }
    }

    value() {
        const c = this.blank();
        if (c === 123) return this.map();
        if (c === 91) return this.list();
        if (c === 34) return parse(this.string());
        const start = this.at;
        while (this.at < this.text.length && !' \n\r\t,]}'.includes(this.text[this.at])) this.at++;
        const raw = this.text.slice(start, this.at);
        const value = parse(raw);
        if (typeof value === 'number') {
            if (raw !== String(value)) this.loses = true;
            this.ledger.noteNumber(value, raw);
        }
        return value;
    }

    /** The string at the current place, quotes included. */
    string() {
        const start = this.at;
        let end = this.at;
        for (;;) {
            end = this.text.indexOf('"', end + 1);
            let slash = end - 1;
            while (this.text.charCodeAt(slash) === 92) slash--;
            if ((end - slash) % 2 === 1) break;
        }
        this.at = end + 1;
        return this.text.slice(start, this.at);
    }

    map() {
        const value = {};
        const node = { text: this.text, start: this.at++, end: 0, keys: [], values: [], raws: [] };
        const seen = new Map();
        while (this.blank() !== 125) {
            if (this.text[this.at] === ',') {
                this.at++;
                this.blank();
            }
            const key = parse(this.string());
            this.blank();
            this.at++;
            this.blank();
            const start = this.at;
            const member = this.value();
            if (seen.has(key) || /^(0|[1-9]\d*)$/.test(key)) this.loses = true;
            const index = node.keys.length;
            if (seen.has(key)) node.keys[seen.get(key)] = null;
            seen.set(key, index);
            node.keys.push(key);
            node.values.push(member);
            node.raws.push(this.text.slice(start, this.at));
            if (key === '__proto__') {
                Object.defineProperty(value, key,
                    { value: member, writable: true, enumerable: true, configurable: true });
            } else {
                value[key] = member;
            }
        }
        node.end = ++this.at;
        node.size = seen.size;
        this.ledger.nodes.set(value, node);
        return value;
    }

    list() {
        const value = [];
        const node = { text: this.text, start: this.at++, end: 0, keys: null, values: [], raws: [] };
        while (this.blank() !== 93) {
            if (this.text[this.at] === ',') {
                this.at++;
                this.blank();
            }
            const start = this.at;
            const member = this.value();
            value.push(member);
            node.values.push(member);
            node.raws.push(this.text.slice(start, this.at));
        }
        node.end = ++this.at;
        this.ledger.nodes.set(value, node);
        return value;
    }
}

/** What of a run's JSON texts has to be copied literally, and the encoder that does so. */
class Ledger {
    constructor() {
        this.nodes = null;
        this.numbers = null;
        /** False when nothing that is decoded will be encoded or compared again. */
        this.isNeeded = true;
    }

    /** True when encode() may write something else than JSON.stringify does. */
    get isLiteral() {
        return this.nodes !== null;
    }

    /**
     * Shape: {text, value, canonical}; `canonical` is what JSON.stringify makes of the given value.
     * A host that has looked at the text passes what it found: kCanonical, kLossless or kUnknown.
     */
    decode(text, shape = kUnknown) {
        let value = parse(text);
        if (!this.isNeeded) return { text, value, canonical: text };
        const canonical = shape === kCanonical ? text : stringify(value);
        if (canonical !== text && shape !== kLossless) {
            const nodes = this.nodes;
            this.nodes = nodes || new Map();
            this.numbers = this.numbers || new Map();
            const scanner = new Scanner(text, this);
            value = scanner.value();
            if (!scanner.loses && nodes === null) this.nodes = null;
        }
        return { text, value, canonical };
    }

    /**
     * A number no double holds is found again by its double where a script has moved it,
     * unless two different numerals of the run share that double.
     */
    noteNumber(value, raw) {
        if (value === 0 || raw.replace(/[eE].*$/, '').replace(/\D/g, '').length <= 15) return;
        const known = this.numbers.get(value);
        this.numbers.set(value, known === undefined || known === raw ? raw : null);
    }

    /** JSON text, or undefined for what JSON has no word for. Throws for a cycle. */
    encode(value) {
        if (this.nodes === null) {
            try {
                return stringify(value);
            } catch (error) {
                if (!/BigInt/.test(error.message)) throw error;
            }
        }
        return this.write(value, '', []);
    }

    write(given, key, path) {
        let value = given;
        if (value !== null && (typeof value === 'object' || typeof value === 'bigint')
            && typeof value.toJSON === 'function') {
            value = value.toJSON(key);
        }
        if (value === null || typeof value !== 'object') return this.scalar(value);
        if (value instanceof Number || value instanceof String || value instanceof Boolean) {
            return this.scalar(value.valueOf());
        }
        if (path.includes(value)) throw new TypeError('Converting circular structure to JSON');
        const node = this.nodes === null ? undefined : this.nodes.get(value);
        if (node !== undefined && this.isUntouched(value, node)) return node.text.slice(node.start, node.end);
        path.push(value);
        const text = Array.isArray(value) ? this.list(value, node, path) : this.map(value, node, path);
        path.pop();
        return text;
    }

    scalar(value) {
        if (typeof value === 'bigint') return value.toString();
        if (typeof value === 'number' && this.numbers !== null) {
            const raw = this.numbers.get(value);
            if (raw) return raw;
        }
        return stringify(value);
    }

    isUntouched(value, node) {
        if (node.keys === null) {
            return value.length === node.values.length
                && node.values.every((member, index) => this.isSame(value[index], member));
        }
        if (Object.keys(value).length !== node.size) return false;
        return node.keys.every((key, index) => key === null
            || hasOwn.call(value, key) && this.isSame(value[key], node.values[index]));
    }

    isSame(now, then) {
        if (!Object.is(now, then)) return false;
        if (now === null || typeof now !== 'object') return true;
        if (typeof now.toJSON === 'function') return false;
        return this.isUntouched(now, this.nodes.get(now));
    }

    /** One member: its own numeral when it still has the value it came with. */
    member(value, node, index, key, path) {
        if (index >= 0 && node !== undefined && index < node.values.length
            && (value === null || typeof value !== 'object') && Object.is(value, node.values[index])) {
            return node.raws[index];
        }
        return this.write(value, key, path);
    }

    list(value, node, path) {
        const out = [];
        for (let i = 0; i < value.length; i++) {
            const text = this.member(value[i], node, i, String(i), path);
            out.push(text === undefined ? 'null' : text);
        }
        return `[${out.join(',')}]`;
    }

    map(value, node, path) {
        const out = [];
        for (const key of this.order(value, node)) {
            const index = node === undefined ? -1 : node.keys.indexOf(key);
            const text = this.member(value[key], node, index, key, path);
            if (text !== undefined) out.push(`${stringify(key)}:${text}`);
        }
        return `{${out.join(',')}}`;
    }

    /** The keys as the text had them, then the new ones. */
    order(value, node) {
        const keys = Object.keys(value);
        if (node === undefined) return keys;
        const kept = node.keys.filter((key) => key !== null && hasOwn.call(value, key));
        const old = new Set(kept);
        return kept.concat(keys.filter((key) => !old.has(key)));
    }
}

module.exports = { Ledger };
