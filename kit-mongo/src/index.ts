export type { Collection, Db } from "mongodb";
export { type Mongo, type MongoAccess, type MongoOptions, openMongo } from "./mongo.js";
export { mongodbUrl } from "./mongodb-url.js";
export { isFirst } from "./store-fault.js";
