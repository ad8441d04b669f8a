/** The service, and the probe in its process. */
import './probe.ts';
import '../../src/server.ts';
