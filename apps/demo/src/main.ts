console.log("demo on", process.version)
