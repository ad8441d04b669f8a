import t from 'tap';
import { asking } from './chapters/asking.ts';
import { connecting } from './chapters/connecting.ts';
import { troubles } from './chapters/troubles.ts';
import { watching } from './chapters/watching.ts';
import { openStage } from './stage.ts';

// Many times what it takes: the suite runs other files beside it.
t.setTimeout(540_000);

const stage = await openStage();
// One world and one page are shared: each chapter goes on where the one before it ended.
t.test('the console in a browser', { skip: 'missing' in stage ? stage.missing : false }, async (t) => {
  if ('missing' in stage) return;
  t.teardown(() => stage.close());
  for (const chapter of [connecting, watching, troubles, asking]) {
    // What a chapter missed would be waited for in vain by those after it.
    if (t.passing()) await chapter(t, stage);
  }
  t.same(stage.errors, [], 'the page never failed by itself');
});
