// Answers requests of the benchmark, one JSON object a line, until its input ends. Loading is not part of any time it reports.
import {createInterface} from "node:readline";
import {readFileSync} from "node:fs";
import {getLlama, LlamaCompletion} from "node-llama-cpp";
import {Ajv} from "ajv";
import {Ajv2020} from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const say = (answer) => process.stdout.write(JSON.stringify(answer) + "\n");
const version = (name) => JSON.parse(readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url))).version;

// Warnings about schemas go to standard error: standard output is the protocol.
console.log = console.info = console.warn = console.error;

const threads = Number(process.argv[2]);
const llama = await getLlama({gpu: false, build: "never", skipDownload: true, maxThreads: threads, logLevel: "error"});
let loaded = null;

async function load({model: path, contextSize}) {
    await loaded?.model.dispose();
    const model = await llama.loadModel({modelPath: path, gpuLayers: 0});
    const context = await model.createContext({contextSize, batchSize: 512, sequences: 1, threads});
    const sequence = context.getSequence();
    loaded = {model, context, sequence, completion: new LlamaCompletion({contextSequence: sequence}), grammars: new Map()};
    return {};
}

// node-llama-cpp spells a union "oneOf" and ignores "anyOf".
function spelled(schema) {
    if (Array.isArray(schema))
        return schema.map(spelled);
    if (schema == null || typeof schema !== "object")
        return schema;
    const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) =>
        [key, key === "const" || key === "enum" ? value : spelled(value)]));
    if (Array.isArray(copy.anyOf) && copy.oneOf == null) {
        copy.oneOf = copy.anyOf;
        delete copy.anyOf;
    }
    return copy;
}

async function ask({schema, tokens, maxTokens, cold}) {
    const {model, sequence, completion, grammars} = loaded;
    const key = JSON.stringify(schema);
    const form = spelled(schema);

    // A completion puts the token that begins a text in front by itself.
    const prompt = model.tokens.shouldPrependBosToken && tokens[0] === model.tokens.bos ? tokens.slice(1) : tokens;
    if (cold)
        await sequence.clearHistory();

    const before = sequence.tokenMeter.getState();
    const start = performance.now();
    if (!grammars.has(key))
        grammars.set(key, await llama.createGrammarForJsonSchema(form));
    const text = await completion.generateCompletion(prompt, {grammar: grammars.get(key), maxTokens, temperature: 0, repeatPenalty: false, disableContextShift: true});
    const ms = performance.now() - start;
    const used = sequence.tokenMeter.diff(before);
    return {ms, text, evaluated: used.usedInputTokens, tokens: used.usedOutputTokens};
}

const validators = new Map();
function validate({schema, text}) {
    const key = JSON.stringify(schema);
    if (!validators.has(key)) {
        const Kind = String(schema?.$schema ?? "").includes("draft-07") ? Ajv : Ajv2020;
        validators.set(key, addFormats(new Kind({strict: false, allErrors: false})).compile(schema));
    }
    let value;
    try {
        value = JSON.parse(text);
    } catch (e) {
        return {valid: false, reason: `not JSON: ${e.message}`};
    }
    const check = validators.get(key);
    return {valid: check(value), reason: check.errors?.map((e) => `${e.instancePath} ${e.message}`).join("; ")};
}

const gbnf = async ({schema}) => ({gbnf: (await llama.createGrammarForJsonSchema(spelled(schema))).grammar});

const operations = {load, ask, gbnf, validate};
say({node: process.version, nodeLlamaCpp: version("node-llama-cpp"), ajv: version("ajv"), llamaCpp: llama.llamaCppRelease.release});
for await (const line of createInterface({input: process.stdin})) {
    try {
        const request = JSON.parse(line);
        say(await operations[request.op](request));
    } catch (e) {
        say({error: String(e?.message ?? e)});
    }
}
await llama.dispose();
