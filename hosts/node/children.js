'use strict';
/**
 * Processes that a run leaves behind. Orphans of its children come to the host (hosts/launch), which never
 * looks unless something was started: the list is read from /proc.
 */

const fs = require('fs');
const { syncBuiltinESMExports } = require('module');
const childProcess = require('child_process');

const { readdirSync, readFileSync } = fs;
const kTasks = '/proc/self/task';

/** The children of every thread of this process, ended ones among them. */
function listed() {
    return readdirSync(kTasks).flatMap((task) => {
        try {
            return readFileSync(`${kTasks}/${task}/children`, 'utf8').split(' ').filter(Boolean);
        } catch {
            return [];  // a thread that has just ended, or a kernel without the list
        }
    });
}

class Children {
    /** Call before the picture is taken that every run starts from (clean_start.js). */
    constructor() {
        this.mayBeThere = false;
        const note = (owner, name) => {
            const original = owner[name];
            const children = this;
            owner[name] = { [name](...args) {
                children.mayBeThere = true;
                return original.apply(this, args);
            } }[name];
        };
        note(childProcess.ChildProcess.prototype, 'spawn');
        for (const name of ['spawnSync', 'execSync', 'execFileSync']) note(childProcess, name);
        syncBuiltinESMExports();
        // A worker has its own copy of all that.
        process.on('worker', () => { this.mayBeThere = true; });
    }

    /** True when the last run left one, alive or not yet taken off the table. */
    left() {
        if (!this.mayBeThere) return false;
        const isAny = listed().length > 0;
        this.mayBeThere = isAny;
        return isAny;
    }
}

module.exports = { Children };
