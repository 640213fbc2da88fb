using Mayfly.LocalCloud.Host;

return await LocalCloudProgram.RunAsync(args);
