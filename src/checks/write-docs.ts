import { checksDocument } from './docs.js';

process.stdout.write(checksDocument());
