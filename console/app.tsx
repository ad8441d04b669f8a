import { useCallback, useContext, useEffect, useMemo, useState } from 'preact/hooks';
import type { Problem } from './lib/api.ts';
import { get, onSignedOut } from './lib/api.ts';
import { asProblem } from './lib/load.ts';
import { RoleContext } from './lib/role.ts';
import { useRoute } from './lib/route.ts';
import {
  type Dictionary,
  dictionaryOf,
  keepLanguage,
  type Language,
  TextsContext,
  textsOf,
  useTexts,
} from './lib/texts.ts';
import type { Session } from './lib/types.ts';
import { Loading } from './parts/basic.tsx';
import { ProblemNotice } from './parts/problem.tsx';
import { Shell } from './parts/shell.tsx';
import { NewTenant } from './screens/new-tenant.tsx';
import { NotFound } from './screens/not-found.tsx';
import { Overview } from './screens/overview.tsx';
import { SignIn } from './screens/sign-in.tsx';
import { TenantScreen } from './screens/tenant.tsx';

const NOBODY: Session = { signedIn: false, name: null, role: null, sandboxUrl: null, expiresAt: null };

/** The whole page: who is signed in, in which language, and at which place. */
export function App({ first }: { first: Dictionary }) {
  const [dictionary, setDictionary] = useState(first);
  const [session, setSession] = useState<Session | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [ended, setEnded] = useState(false);
  const route = useRoute();
  const texts = useMemo(() => textsOf(dictionary), [dictionary]);

  const look = useCallback(async () => {
    try {
      setSession(await get<Session>('/console/session'));
      setProblem(null);
    } catch (error) {
      setProblem(asProblem(error));
    }
  }, []);
  useEffect(() => {
    void look();
    return onSignedOut(() => {
      setEnded(true);
      setSession((before) => ({ ...NOBODY, sandboxUrl: before?.sandboxUrl ?? null }));
    });
  }, [look]);
  useEffect(() => {
    document.documentElement.lang = dictionary.language;
  }, [dictionary]);

  const speak = async (language: Language) => {
    setDictionary(await dictionaryOf(language));
    keepLanguage(language);
  };
  const signedIn = session?.signedIn === true;
  return (
    <TextsContext.Provider value={texts}>
      <RoleContext.Provider value={signedIn ? (session?.role ?? null) : null}>
        <Shell
          session={session}
          route={route}
          speak={speak}
          onSignedOut={() => {
            setEnded(false);
            setSession((before) => ({ ...NOBODY, sandboxUrl: before?.sandboxUrl ?? null }));
          }}
        >
          {session === null ? (
            problem === null ? (
              <Loading />
            ) : (
              <ProblemNotice problem={problem} retry={look} />
            )
          ) : signedIn ? (
            <>
              <RoleNotice />
              <Place route={route} />
            </>
          ) : (
            <SignIn
              ended={ended}
              onSignedIn={(session) => {
                setEnded(false);
                setSession(session);
              }}
            />
          )}
        </Shell>
      </RoleContext.Provider>
    </TextsContext.Provider>
  );
}

/** Why some buttons are switched off, where everybody sees it. */
function RoleNotice() {
  const { t } = useTexts();
  const role = useContext(RoleContext);
  if (role === null || role === 'administer') return null;
  return (
    <p class="quiet role-notice" role="note">
      {t(`role.${role}`)}
    </p>
  );
}

function Place({ route }: { route: readonly string[] }) {
  const [place, tenant, ...rest] = route;
  if (place === undefined) return <Overview />;
  if (place === 'new') return <NewTenant />;
  if (place === 't' && tenant !== undefined) return <TenantScreen key={tenant} id={tenant} place={rest} />;
  return <NotFound />;
}
