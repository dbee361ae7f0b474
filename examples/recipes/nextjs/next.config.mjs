// Packages with native code are not bundled.
export default { serverExternalPackages: ["pinnace", "better-sqlite3"] }
