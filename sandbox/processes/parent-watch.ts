// Preloaded into every child of the sandbox. The channel to the sandbox closes when the sandbox is gone, however it went:
// then nobody is left to stop this process, so it stops itself.
process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
});
process.channel?.unref();
