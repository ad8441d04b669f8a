import { render } from 'preact';
import './style.css';
import { App } from './app.tsx';
import { chosenLanguage, dictionaryOf, ENGLISH } from './lib/texts.ts';
import { applyTheme, currentTheme } from './lib/theme.ts';

applyTheme(currentTheme());
// A language that cannot be fetched must not keep anybody out.
const dictionary = await dictionaryOf(chosenLanguage()).catch(() => ENGLISH);
const root = document.getElementById('app');
if (root !== null) render(<App first={dictionary} />, root);
