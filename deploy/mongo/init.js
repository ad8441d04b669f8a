// Run by mongosh in docker-compose.yml: the replica set of one member and the service's user, each made unless it is there.
const ALREADY_INITIALIZED = 23;
const NOT_YET_INITIALIZED = 94;
const { MONGO_ROOT_PASSWORD, MONGO_PASSWORD } = process.env;
const root = encodeURIComponent(MONGO_ROOT_PASSWORD);
const admin = connect(`mongodb://root:${root}@mongo:27017/admin?directConnection=true`);

try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.code !== NOT_YET_INITIALIZED) throw error;
  try {
    admin.adminCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] } });
    print('The replica set rs0 is made.');
  } catch (taken) {
    if (taken.code !== ALREADY_INITIALIZED) throw taken;
  }
}
for (let waited = 0; !admin.hello().isWritablePrimary; waited++) {
  if (waited === 60) throw new Error('MongoDB has not become primary within 60 s: see its log');
  sleep(1000);
}

const sync = admin.getSiblingDB('sync');
// dbAdmin: the service makes its indexes and validators itself.
const roles = ['readWrite', 'dbAdmin'].map((role) => ({ role, db: 'sync' }));
if (sync.getUser('sync')) sync.updateUser('sync', { pwd: MONGO_PASSWORD, roles });
else sync.createUser({ user: 'sync', pwd: MONGO_PASSWORD, roles });
print('The user of the service is as .env says.');
